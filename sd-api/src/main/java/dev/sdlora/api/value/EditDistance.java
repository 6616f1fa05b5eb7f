package dev.sdlora.api.value;

/** The edit distance between names, used by errors to suggest similar names. */
public final class EditDistance {
  private EditDistance() {}

  /**
   * Returns the number of insertions, deletions, substitutions and swaps of adjacent letters that
   * turn one text into the other (optimal string alignment). The time is proportional to the
   * product of the lengths.
   *
   * @param a one text
   * @param b the other text
   * @return the distance, 0 for equal texts
   */
  public static int between(String a, String b) {
    int[] beforeLast = new int[0];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replaced, 1 + Math.min(last[j], row[j - 1]));
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], 1 + beforeLast[j - 2]);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
