package dev.sdlora.prompt.schedule;

import dev.sdlora.api.prompt.Span;
import dev.sdlora.prompt.schedule.Switch.Alternation;
import dev.sdlora.prompt.schedule.Switch.Editing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A bracket that is not closed yet, with the colons and bars in it. */
final class OpenBracket {
  private static final Pattern WHEN =
      Pattern.compile(
          "[\\s\\x1c-\\x1f]*+([+-]?(?:[0-9]++\\.?+[0-9]*+|\\.[0-9]++)(?:[eE][+-]?[0-9]++)?)[\\s\\x1c-\\x1f]*+",
          Pattern.UNICODE_CHARACTER_CLASS);

  final int start;
  final List<Integer> colons = new ArrayList<>(0);
  final List<Integer> bars = new ArrayList<>(0);

  /** The possible starts before it, in the enclosing bracket. */
  final Beginnings beginnings;

  private final String text;

  OpenBracket(String text, int start, Beginnings beginnings) {
    this.beginnings = beginnings;
    this.text = text;
    this.start = start;
  }

  boolean hasBars() {
    return !bars.isEmpty();
  }

  private boolean isRound() {
    return text.charAt(start) == '(';
  }

  /** Whether another colon can belong to it. */
  boolean takesColon() {
    return colons.size() < (isRound() ? 1 : 2);
  }

  /** The offset after its last colon or bar. */
  int segmentStart() {
    int colon = colons.isEmpty() ? start : colons.get(colons.size() - 1);
    int bar = bars.isEmpty() ? start : bars.get(bars.size() - 1);
    return Math.max(colon, bar) + 1;
  }

  /** Whether the closing bracket at this offset completes a well-formed pair. */
  boolean isClosedBy(int at) {
    if (isRound()) {
      return text.charAt(at) == ')' && !hasBars() && colons.size() <= 1;
    }
    return text.charAt(at) == ']'
        && (colons.isEmpty() || (!hasBars() && colons.size() <= 2 && when(at).matches()));
  }

  boolean isEditing() {
    return !isRound() && !colons.isEmpty();
  }

  /**
   * Returns the switch that a closing bracket at this offset completes; empty if the pair only has
   * a weight.
   */
  Optional<Switch> readSwitch(int at) {
    Span span = new Span(start, at + 1);
    if (hasBars()) {
      return Optional.of(new Alternation(span, segments(at)));
    }
    if (!isEditing()) {
      return Optional.empty();
    }
    Matcher when = when(at);
    if (!when.matches()) {
      throw new IllegalStateException("not prompt editing: " + text.substring(start, at + 1));
    }
    Span before = new Span(start + 1, colons.size() == 2 ? colons.get(0) : start + 1);
    int after = colons.size() == 2 ? colons.get(0) + 1 : start + 1;
    Span behind = new Span(after, colons.get(colons.size() - 1));
    return Optional.of(new Editing(span, before, behind, when.group(1)));
  }

  private Matcher when(int end) {
    return WHEN.matcher(text).region(segmentStart(), end);
  }

  private List<Span> segments(int end) {
    List<Span> segments = new ArrayList<>();
    int from = start + 1;
    for (int bar : bars) {
      segments.add(new Span(from, bar));
      from = bar + 1;
    }
    segments.add(new Span(from, end));
    return segments;
  }
}
