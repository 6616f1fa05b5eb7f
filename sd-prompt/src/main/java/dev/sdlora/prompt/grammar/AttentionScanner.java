package dev.sdlora.prompt.grammar;

/** Scans a text once and reports its brackets, escapes and {@code BREAK}s. */
public final class AttentionScanner {
  private static final String SPECIAL = "\\()[]:";

  private final String text;
  private final AttentionEvents events;
  private int openRound;
  private int openSquare;

  /** Creates a scanner at the start of a text. */
  public AttentionScanner(String text, AttentionEvents events) {
    this.text = text;
    this.events = events;
  }

  /** Scans the next part of the text; open brackets stay open. */
  public void scan(int from, int to) {
    int at = from;
    while (at < to) {
      at =
          switch (text.charAt(at)) {
            case '\\' -> escape(at, to);
            case '(', '[' -> open(at);
            case ')', ']' -> close(at);
            case ':' -> colon(at, to);
            default -> run(at, to);
          };
    }
  }

  private int escape(int at, int to) {
    boolean escapes = at + 1 < to && "()[]\\".indexOf(text.charAt(at + 1)) >= 0;
    int end = escapes ? at + 2 : at + 1;
    events.escape(at, end);
    return end;
  }

  private int open(int at) {
    if (text.charAt(at) == '(') {
      openRound++;
    } else {
      openSquare++;
    }
    events.open(at);
    return at + 1;
  }

  private int close(int at) {
    boolean isRound = text.charAt(at) == ')';
    if ((isRound ? openRound : openSquare) == 0) {
      events.stray(at);
    } else {
      events.close(at);
      if (isRound) {
        openRound--;
      } else {
        openSquare--;
      }
    }
    return at + 1;
  }

  private int colon(int at, int to) {
    if (openRound > 0) {
      WrittenWeight weight = WrittenWeight.at(text, at);
      if (weight != null && weight.end() < to && text.charAt(weight.end()) == ')') {
        events.close(at, weight.end() + 1, weight.value());
        openRound--;
        return weight.end() + 1;
      }
    }
    events.text(at, at + 1);
    return at + 1;
  }

  /** Reports text without brackets, split at each {@code BREAK} that is a word of its own. */
  private int run(int start, int to) {
    int runEnd = start;
    while (runEnd < to && SPECIAL.indexOf(text.charAt(runEnd)) < 0) {
      runEnd++;
    }
    int from = start;
    int found = nextBreak(from, runEnd);
    while (found < runEnd) {
      int end = found + WeightedText.BREAK.length();
      if (Characters.standsAlone(text, found, end)) {
        int before = found;
        while (before > from && Characters.isSpace(text.charAt(before - 1))) {
          before--;
        }
        while (end < runEnd && Characters.isSpace(text.charAt(end))) {
          end++;
        }
        events.text(from, before);
        events.chunkBorder(before, end);
        from = end;
      }
      found = nextBreak(end, runEnd);
    }
    events.text(from, runEnd);
    return runEnd;
  }

  /**
   * Searches only up to the end of the run, because many scanners may each see a small part of a
   * text.
   */
  private int nextBreak(int from, int runEnd) {
    int at = from;
    while (at < runEnd && !text.startsWith(WeightedText.BREAK, at)) {
      at++;
    }
    return at;
  }
}
