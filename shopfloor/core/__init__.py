"""What every room stands on: database, subjects, actions, events, clock, web."""
