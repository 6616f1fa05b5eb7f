package dev.sdlora.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that keep the repository easy to enter. */
class RepositoryTest {
  private static final Path ROOT = Path.of("../..");

  @Test
  void folders_atTheTop_areFew() throws IOException {
    try (Stream<Path> files = Files.list(ROOT)) {
      List<String> folders =
          files
              .filter(Files::isDirectory)
              .map(folder -> String.valueOf(folder.getFileName()))
              .filter(name -> !name.startsWith(".") && !name.equals("target"))
              .toList();
      assertThat(folders).hasSizeLessThanOrEqualTo(16);
    }
  }

  @ParameterizedTest
  @CsvSource({"README.md, 10240", "ARCHITECTURE.md, 15360", "AGENTS.md, 2048"})
  void page_isShort(String page, long bytes) throws IOException {
    assertThat(Files.size(ROOT.resolve(page))).isLessThanOrEqualTo(bytes);
  }

  /**
   * Root packages are what a newcomer opens first; the groups below them hold what fits a screen.
   */
  @ParameterizedTest
  @CsvSource({
    "sd-api/src/main/java/dev/sdlora/api, 40",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline, 20",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline/request, 20",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline/generation, 20",
    "sd-pipeline/src/main/java/dev/sdlora/pipeline/model, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli/console, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli/option, 20",
    "apps/sd-cli/src/main/java/dev/sdlora/cli/lora, 20",
  })
  void package_hasFewTypes(String folder, int most) throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve(folder))) {
      assertThat(files)
          .filteredOn(file -> file.toString().endsWith(".java"))
          .filteredOn(file -> !file.endsWith("package-info.java"))
          .hasSizeBetween(5, most);
    }
  }

  /** The way of a request is read from top to bottom. */
  @Test
  void generation_isShort() throws IOException {
    assertThat(
            Files.readAllLines(
                ROOT.resolve(
                    "sd-pipeline/src/main/java/dev/sdlora/pipeline/generation/Generation.java")))
        .hasSizeLessThanOrEqualTo(140);
  }

  @Test
  void changelog_firstVersion_hasFewEntries() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("CHANGELOG.md")))
        .filteredOn(line -> line.startsWith("- "))
        .hasSizeBetween(5, 25);
  }
}
