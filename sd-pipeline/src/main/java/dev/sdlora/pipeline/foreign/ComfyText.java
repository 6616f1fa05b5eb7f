package dev.sdlora.pipeline.foreign;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prompts of ComfyUI: round brackets weigh as in A1111, square ones are text, a backslash stands
 * for itself unless a round bracket follows, and embeddings are marked.
 */
final class ComfyText {
  private static final Pattern EMBEDDING =
      Pattern.compile("embedding:([^\\s,()\\[\\]:]+)", Pattern.CASE_INSENSITIVE);

  private ComfyText() {}

  /** The same prompt as A1111 writes it. */
  static String toA1111(String prompt) {
    String text =
        EMBEDDING
            .matcher(prompt)
            .replaceAll(found -> Matcher.quoteReplacement(ForeignSettings.stem(found.group(1))));
    A1111Text weighted = new A1111Text();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escapes = c == '\\' && i + 1 < text.length() && "()".indexOf(text.charAt(i + 1)) >= 0;
      if (escapes) {
        i++;
        weighted.literal(text.charAt(i));
      } else if (c == '(' || c == ')') {
        weighted.meant(c);
      } else {
        weighted.literal(c);
      }
    }
    return weighted.finish();
  }
}
