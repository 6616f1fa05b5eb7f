package dev.sdlora.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The engine does not matter to callers, so names and javadoc of the API contain none of its words.
 */
final class ApiWordsTest {
  private static final Path SOURCES = Path.of("src/main/java");

  /** PyTorch may be named, because file formats and random number generators are named after it. */
  private static final Pattern ENGINE =
      Pattern.compile("DJL|libtorch|TorchScript|NDArray|native array", Pattern.CASE_INSENSITIVE);

  /** The one method that names engines, for those who have two. */
  private static final Pattern CHOICE =
      Pattern.compile("/\\*\\*(?:(?!\\*/).)*\\*/\\s*public Builder engine\\(", Pattern.DOTALL);

  @Test
  void sources_noWordOfAnEngine() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      List<Path> sources = files.filter(file -> file.toString().endsWith(".java")).toList();

      assertThat(sources).hasSizeGreaterThan(80);
      assertThat(sources)
          .allSatisfy(
              source ->
                  assertThat(CHOICE.matcher(Files.readString(source)).replaceFirst(""))
                      .doesNotContainPattern(ENGINE));
    }
  }
}
