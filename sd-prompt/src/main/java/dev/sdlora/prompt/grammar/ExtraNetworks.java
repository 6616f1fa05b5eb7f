package dev.sdlora.prompt.grammar;

import dev.sdlora.api.prompt.Span;
import java.util.ArrayList;
import java.util.List;

/**
 * A prompt with its comments and its tags for extra networks removed. A comment runs from {@code #}
 * to the end of its line. A tag is {@code <}, letters, {@code :}, anything but {@code >} and
 * comments, {@code >}; everything else stays in the text.
 *
 * @param text the prompt without them; the surrounding spaces stay
 * @param networks the tags of all kinds, in order
 * @param cuts the ranges of comments and tags in the prompt, in order
 */
public record ExtraNetworks(String text, List<ExtraNetwork> networks, List<Span> cuts) {

  /** Copies the lists. */
  public ExtraNetworks {
    networks = List.copyOf(networks);
    cuts = List.copyOf(cuts);
  }

  /** Returns the range of a tag, including its angle brackets. */
  public Span spanOf(ExtraNetwork network) {
    return cuts.stream()
        .filter(cut -> cut.start() == network.offset())
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("no tag starts at offset " + network.offset()));
  }

  /** Removes comments and tags from a prompt. */
  public static ExtraNetworks cut(String prompt) {
    return new Cutter(prompt).cut(true);
  }

  /** Removes comments from a prompt; tags stay in the text, as in A1111's negative prompts. */
  public static ExtraNetworks cutComments(String prompt) {
    return new Cutter(prompt).cut(false);
  }

  private static final class Cutter {
    private final String prompt;
    private final StringBuilder text = new StringBuilder();
    private final List<ExtraNetwork> networks = new ArrayList<>();
    private final List<Span> cuts = new ArrayList<>();
    private int copied;

    // Cached, because searching again at every '<' would be quadratic.
    private int nextClose = -1;
    private int nextComment = -1;

    Cutter(String prompt) {
      this.prompt = prompt;
    }

    ExtraNetworks cut(boolean tags) {
      int at = 0;
      while (at < prompt.length()) {
        at =
            switch (prompt.charAt(at)) {
              case '#' -> takeOut(at, indexOrEnd('\n', at));
              case '<' -> tags ? tag(at) : at + 1;
              default -> at + 1;
            };
      }
      text.append(prompt, copied, prompt.length());
      return new ExtraNetworks(text.toString(), networks, cuts);
    }

    private int tag(int open) {
      int colon = endOfWord(open + 1);
      boolean begins = colon > open + 1 && colon < prompt.length() && prompt.charAt(colon) == ':';
      int close = closeBehind(colon);
      boolean ends = close > colon + 1 && close < prompt.length() && close < commentBehind(colon);
      if (!begins || !ends) {
        return open + 1;
      }
      String kind = prompt.substring(open + 1, colon);
      networks.add(ExtraNetwork.parse(kind, prompt.substring(colon + 1, close), open));
      return takeOut(open, close + 1);
    }

    private int takeOut(int from, int to) {
      text.append(prompt, copied, from);
      cuts.add(new Span(from, to));
      copied = to;
      return to;
    }

    private int closeBehind(int at) {
      if (nextClose < at) {
        nextClose = indexOrEnd('>', at);
      }
      return nextClose;
    }

    private int commentBehind(int at) {
      if (nextComment < at) {
        nextComment = indexOrEnd('#', at);
      }
      return nextComment;
    }

    private int indexOrEnd(char wanted, int from) {
      int found = prompt.indexOf(wanted, from);
      return found < 0 ? prompt.length() : found;
    }

    private int endOfWord(int from) {
      int at = from;
      while (at < prompt.length() && Characters.isWord(prompt.codePointAt(at))) {
        at += Character.charCount(prompt.codePointAt(at));
      }
      return at;
    }
  }
}
