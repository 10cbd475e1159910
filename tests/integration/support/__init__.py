"""Real parts for the tests of store, services and command line: homes, commands, petitions by the line."""
