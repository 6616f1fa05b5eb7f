package dev.sdlora.infotext.foreign;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Converts ComfyUI prompts. Parentheses weigh as in A1111, square brackets are plain text, a
 * backslash is literal unless a parenthesis follows, and embeddings have a prefix.
 */
final class ComfyText {
  private static final Pattern EMBEDDING =
      Pattern.compile("embedding:([^\\s,()\\[\\]:]+)", Pattern.CASE_INSENSITIVE);

  private ComfyText() {}

  /** Returns the same prompt in A1111's syntax. */
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
