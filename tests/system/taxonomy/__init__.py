"""The failure taxonomy as a table, and what runs a row of it."""
