package dev.sdlora.prompt.schedule;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;

/**
 * Finds switches in two passes. The forward pass matches brackets: a pair is well-formed if its
 * content is, and a malformed one makes all enclosing brackets plain characters. The backward pass
 * decides which pairs count, because {@link BracketRun consecutive brackets} can be plain
 * characters even if they close a pair.
 */
final class SwitchParser {
  private static final int NONE = -1;

  private final String text;
  private final Deque<OpenBracket> open = new ArrayDeque<>();
  private final List<Switch> switches = new ArrayList<>();

  /** The start of each well-formed pair, by the offset after its closing bracket. */
  private final int[] pairStart;

  /** The start of the plain characters that end with a bracket or colon, by the offset after it. */
  private final int[] plainFrom;

  private BracketRun run = BracketRun.NONE;
  private int openAlternations;
  private int wordStart = NONE;

  private Beginnings beginnings = Beginnings.START;

  SwitchParser(String text) {
    this.text = text;
    pairStart = new int[text.length() + 1];
    plainFrom = new int[text.length() + 1];
    Arrays.fill(pairStart, NONE);
    Arrays.fill(plainFrom, NONE);
  }

  List<Switch> parse() {
    int at = 0;
    while (at >= 0 && at < text.length()) {
      at =
          switch (text.charAt(at)) {
            case '\\' -> escape(at);
            case '|' -> bar(at);
            case '(', '[', ')', ']', ':' -> mark(at);
            default -> word(at, at + 1);
          };
    }
    return at >= 0 && forgetOpen() ? readSwitches() : List.of();
  }

  /** A backslash before the end of a line or of the text has no meaning in A1111's grammar. */
  private int escape(int at) {
    int next = at + 1;
    return next < text.length() && text.charAt(next) != '\n' ? word(at, next + 1) : NONE;
  }

  private int word(int at, int end) {
    if (wordStart == NONE) {
      wordStart = at;
    }
    run = BracketRun.NONE;
    return end;
  }

  private int bar(int at) {
    if (open.isEmpty()) {
      return NONE;
    }
    if (!open.element().hasBars()) {
      openAlternations++;
    }
    open.element().bars.add(at);
    run = BracketRun.NONE;
    wordStart = NONE;
    beginnings = Beginnings.START;
    return at + 1;
  }

  private int mark(int at) {
    if (run == BracketRun.NONE) {
      startRun(at);
    }
    boolean stays =
        switch (text.charAt(at)) {
          case '(', '[' -> open(at);
          case ':' -> colon(at);
          default -> close(at);
        };
    plainFrom[at + 1] = run.plainFrom();
    return stays ? at + 1 : NONE;
  }

  private void startRun(int at) {
    boolean wholeIsFirst = true;
    if (wordStart != NONE) {
      if (BracketRun.hasBlanksBeforeWord(text, wordStart, at)) {
        beginnings = beginnings.next(true);
      }
      wholeIsFirst = beginnings.wholeIsFirst();
      beginnings = beginnings.next(true);
    }
    run = BracketRun.startingAt(at, openAlternations > 0, wholeIsFirst);
    wordStart = NONE;
  }

  private boolean open(int at) {
    open.push(new OpenBracket(text, at, beginnings));
    beginnings = Beginnings.START;
    run.opened(at + 1, openAlternations > 0);
    return true;
  }

  private boolean colon(int at) {
    if (!open.isEmpty() && open.element().takesColon()) {
      run.divided(at + 1, openAlternations > 0);
    } else {
      run.plain(at + 1);
    }
    if (!open.isEmpty()) {
      open.element().colons.add(at);
      beginnings = Beginnings.START;
    }
    return true;
  }

  private boolean close(int at) {
    if (open.isEmpty() || !open.element().isClosedBy(at)) {
      run.plain(at + 1);
      return forgetOpen();
    }
    OpenBracket pair = open.pop();
    pairStart[at + 1] = pair.start;
    pair.readSwitch(at).ifPresent(switches::add);
    if (pair.hasBars()) {
      openAlternations--;
    }
    boolean seenFirst =
        run.closed(at + 1, pair.isEditing(), pair.beginnings.wholeIsFirst(), openAlternations > 0);
    beginnings = pair.beginnings.next(seenFirst);
    return true;
  }

  /** Turns open brackets into plain characters; false if that would leave a {@code |} alone. */
  private boolean forgetOpen() {
    open.clear();
    return openAlternations == 0;
  }

  private List<Switch> readSwitches() {
    BitSet read = new BitSet();
    int end = text.length();
    while (end > 0) {
      int start = pairStart[end];
      if (start != NONE) {
        read.set(start, end);
      } else {
        start = plainFrom[end] != NONE ? plainFrom[end] : end - 1;
      }
      end = start;
    }
    return switches.stream()
        .filter(place -> read.get(place.span().start()))
        .sorted(Comparator.comparingInt(place -> place.span().start()))
        .toList();
  }
}
