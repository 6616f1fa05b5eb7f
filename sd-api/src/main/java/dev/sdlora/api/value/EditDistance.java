package dev.sdlora.api.value;

/** How far names are apart, so that errors can say which one somebody may have meant. */
public final class EditDistance {
  private EditDistance() {}

  /**
   * How many letters are to be put in, taken out or replaced on the way from one text to the other
   * (Levenshtein, 1966).
   *
   * @param a one text
   * @param b the other; the time is the product of their lengths
   * @return 0 where they are equal
   */
  public static int between(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
