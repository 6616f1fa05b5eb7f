package dev.sdlora.demo.emoji;

import java.util.List;

/**
 * Something that can be drawn.
 *
 * @param word the usual word for it in captions
 * @param synonyms other words for it in captions
 * @param icon the name of its drawing in the SVG sets
 * @param codePoints the code points of its emoji in hexadecimal, joined by hyphens
 * @param common the rank of the word: the id of its token, because CLIP's vocabulary is ordered by
 *     frequency; the largest integer for words of several tokens
 */
public record Noun(String word, List<String> synonyms, String icon, String codePoints, int common) {
  /** Copies the list. */
  public Noun {
    synonyms = List.copyOf(synonyms);
  }
}
