"""The factory as a place: sites, lines, stations, places, shifts, devices."""
