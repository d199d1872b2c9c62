"""Who is in a class and by which rules it is marked: `class.yaml`, the class list, groups, due dates, late policy."""
