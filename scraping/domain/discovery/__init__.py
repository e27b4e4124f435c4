"""From tables that a portal happened to show to series of a meter, each guess with its confidence and its reasons."""
