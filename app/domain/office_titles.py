"""What the signing officers of a local administrative organization are called, by the kind and name of the office.

Source: the receiving stamp and minutes of incoming letters: clerk, head of the clerk's office, ปลัด, chief executive.
"""

MUNICIPALITIES = ("city_municipality", "town_municipality", "subdistrict_municipality")
SHORT = {
    "pao": "อบจ.",
    "city_municipality": "เทศบาล",
    "town_municipality": "เทศบาล",
    "subdistrict_municipality": "เทศบาล",
    "sao": "อบต.",
    "pattaya": "เมืองพัทยา",
}
_MUNICIPALITY = "เทศบาล"


def chief(kind: str, name: str) -> str:
    """The chief executive: "นายกเทศมนตรีเมืองกะทู้", "นายกองค์การบริหารส่วนตำบลกมลา", "นายกเมืองพัทยา"."""
    if kind in MUNICIPALITIES:
        return f"นายกเทศมนตรี{name.removeprefix(_MUNICIPALITY)}"
    return f"นายก{name}"


def clerk_of_office(kind: str, name: str) -> str:
    """The ปลัด, who heads the permanent staff: "ปลัดเทศบาลเมืองกะทู้"."""
    del kind
    return f"ปลัด{name}"


def head_of_clerks_office(kind: str) -> str:
    """The head of the ปลัด's office: "หัวหน้าสำนักปลัดเทศบาล", "หัวหน้าสำนักปลัด อบต."."""
    short = SHORT.get(kind, "")
    return f"หัวหน้าสำนักปลัด{' ' if short.endswith('.') else ''}{short}"


def minutes(kind: str, name: str) -> tuple[str, str, str, str]:
    """The four who write minutes on an incoming letter, in the order in which it passes them."""
    return "เจ้าหน้าที่ธุรการ", head_of_clerks_office(kind), clerk_of_office(kind, name), chief(kind, name)
