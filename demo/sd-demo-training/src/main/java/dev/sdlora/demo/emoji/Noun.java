package dev.sdlora.demo.emoji;

import java.util.List;

/**
 * Something that can be drawn.
 *
 * @param word what captions call it as a rule
 * @param synonyms what they also call it
 * @param icon the name of its drawing in the SVG sets
 * @param codePoints the code points of its emoji in hexadecimal, joined by hyphens
 * @param common how common the word is: the number of its token, which CLIP's vocabulary has in the
 *     order of frequency; the largest number for words of several tokens
 */
public record Noun(String word, List<String> synonyms, String icon, String codePoints, int common) {
  /** Copies the list. */
  public Noun {
    synonyms = List.copyOf(synonyms);
  }
}
