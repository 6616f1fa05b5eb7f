package dev.sdlora.prompt.grammar;

import java.util.ArrayList;
import java.util.List;

/**
 * A prompt with its tags for extra networks taken out. A tag is {@code <}, letters, {@code :},
 * anything but {@code >}, {@code >}; whatever looks otherwise stays in the text.
 *
 * @param text the prompt without the tags; the spaces around them stay
 * @param networks the tags of all kinds, in order
 */
public record ExtraNetworks(String text, List<ExtraNetwork> networks) {

  /** Copies the list. */
  public ExtraNetworks {
    networks = List.copyOf(networks);
  }

  /** Takes the tags out of a prompt. */
  public static ExtraNetworks cut(String prompt) {
    StringBuilder text = new StringBuilder(prompt.length());
    List<ExtraNetwork> networks = new ArrayList<>();
    int copied = 0;
    // Behind the last '>' nothing can be a tag; looking further would be quadratic.
    int lastClose = prompt.lastIndexOf('>');
    int open = prompt.indexOf('<');
    while (open >= 0 && open < lastClose) {
      int colon = endOfWord(prompt, open + 1);
      int next = open + 1;
      if (colon > open + 1 && prompt.charAt(colon) == ':' && prompt.charAt(colon + 1) != '>') {
        int close = prompt.indexOf('>', colon);
        text.append(prompt, copied, open);
        networks.add(
            ExtraNetwork.parse(
                prompt.substring(open + 1, colon), prompt.substring(colon + 1, close), open));
        copied = close + 1;
        next = copied;
      }
      open = prompt.indexOf('<', next);
    }
    return new ExtraNetworks(text.append(prompt, copied, prompt.length()).toString(), networks);
  }

  private static int endOfWord(String prompt, int from) {
    int at = from;
    while (Characters.isWord(prompt.codePointAt(at))) {
      at += Character.charCount(prompt.codePointAt(at));
    }
    return at;
  }
}
