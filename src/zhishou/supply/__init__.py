"""Supply: daily returns → balance → gap → who is cut, in order; pure, in 万立方米 at 20 °C and 101.325 kPa."""
