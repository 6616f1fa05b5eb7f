package dev.sdlora.lora.library;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;

/** Words and tags that are equally common in captions of unrelated images. */
final class CommonCaptionWords {
  private static final String RESOURCE = "common_caption_words.txt";
  private static final String TAGS = "# tags";

  private static final Set<String> KNOWN = load();

  private CommonCaptionWords() {}

  /** Whether the list contains a word or an entire tag. */
  static boolean contain(String tag) {
    return KNOWN.contains(tag.toLowerCase(Locale.ROOT).replace('_', ' '));
  }

  private static Set<String> load() {
    Set<String> known = new HashSet<>();
    try (InputStream in =
            Objects.requireNonNull(CommonCaptionWords.class.getResourceAsStream(RESOURCE));
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      boolean tags = false;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        tags |= line.startsWith(TAGS);
        if (!line.startsWith("#")) {
          known.addAll(tags ? List.of(line) : List.of(line.split(" ")));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return known;
  }
}
