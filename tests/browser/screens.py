"""The screens that pages are looked at on, in CSS pixels."""

PHONE, DESK, PROJECTOR = (390, 844), (1280, 900), (1920, 1080)
A4 = (718, 1047)  # between margins of 1 cm: (210 - 20) mm and (297 - 20) mm at 96 to the inch
