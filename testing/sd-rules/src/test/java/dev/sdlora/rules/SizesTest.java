package dev.sdlora.rules;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Limits of files, packages and modules, with the exceptions that there are. */
class SizesTest {
  private static final Path ROOT = Path.of("../..");
  private static final Path BUDGETS = Path.of("lines.txt");

  private static final int MOST_FILES = 25;
  private static final int MOST_LINES = 500;

  /** Packages of more files, and how many they may have. Add none: split the package. */
  private static final Map<String, Integer> LARGE_PACKAGES =
      Map.ofEntries(
          entry("apps/sd-cli/src/test/java/dev/sdlora/cli", 47),
          entry("sd-api/src/main/java/dev/sdlora/api", 32),
          entry("sd-training/src/main/java/dev/sdlora/training", 39));

  /** Files of more lines, and how many they may have. Add none: split the class. */
  private static final Map<String, Integer> LONG_FILES =
      Map.ofEntries(
          entry("apps/sd-server/src/main/java/dev/sdlora/server/SdServerBuilder.java", 600),
          entry("sd-api/src/main/java/dev/sdlora/api/Pipeline.java", 826),
          entry("sd-api/src/main/java/dev/sdlora/api/PromptSpec.java", 966),
          entry("sd-api/src/main/java/dev/sdlora/api/image/DetailPass.java", 647),
          entry("sd-api/src/main/java/dev/sdlora/api/sampling/SamplerOptions.java", 759),
          entry("sd-training/src/main/java/dev/sdlora/training/LoraTrainerBuilder.java", 770));

  @Test
  void packages_haveFewFiles() {
    SortedMap<String, Integer> files = new TreeMap<>();
    for (Path file : sources("main", "test")) {
      files.merge(name(Objects.requireNonNull(file.getParent())), 1, Integer::sum);
    }
    files.forEach(
        (folder, count) ->
            assertThat(count)
                .as("files in %s", folder)
                .isLessThanOrEqualTo(LARGE_PACKAGES.getOrDefault(folder, MOST_FILES)));
    assertThat(files.keySet()).containsAll(LARGE_PACKAGES.keySet());
  }

  @Test
  void files_areShort() {
    List<Path> files = sources("main");
    for (Path file : files) {
      assertThat(lines(file))
          .as("lines of %s", name(file))
          .isLessThanOrEqualTo(LONG_FILES.getOrDefault(name(file), MOST_LINES));
    }
    assertThat(files).extracting(SizesTest::name).containsAll(LONG_FILES.keySet());
  }

  /**
   * The lines of each module's main code stay within the budget in {@code lines.txt}, and a budget
   * is at most a tenth above them. If the system property {@code lines.update} is true, the budgets
   * are written instead.
   */
  @Test
  void modules_keepToTheirBudgets() throws IOException {
    SortedMap<String, Integer> lines = new TreeMap<>();
    for (Path file : sources("main")) {
      lines.merge(module(file), lines(file), Integer::sum);
    }
    if (Boolean.getBoolean("lines.update")) {
      Files.writeString(
          BUDGETS,
          lines.entrySet().stream()
              .map(entry -> entry.getKey() + " " + budget(entry.getValue()) + "\n")
              .collect(Collectors.joining()));
    }
    Map<String, Integer> budgets =
        Files.readAllLines(BUDGETS).stream()
            .map(line -> line.split(" "))
            .collect(Collectors.toMap(parts -> parts[0], parts -> Integer.valueOf(parts[1])));
    assertThat(budgets).containsOnlyKeys(lines.keySet());
    lines.forEach(
        (module, count) ->
            assertThat(count)
                .as("lines of %s, whose budget in lines.txt -Dlines.update=true rewrites", module)
                .isBetween(
                    (int) (budgets.getOrDefault(module, 0) / 1.1) - 200,
                    budgets.getOrDefault(module, 0)));
  }

  /** Three percent more, rounded up to hundreds. */
  private static int budget(int lines) {
    return (lines * 103 / 100 / 100 + 1) * 100;
  }

  /** Returns the sources of all modules, of main code or tests. */
  private static List<Path> sources(String... kinds) {
    try (Stream<Path> modules = Files.walk(ROOT, 3)) {
      return modules
          .filter(folder -> Files.exists(folder.resolve("pom.xml")))
          .flatMap(module -> Stream.of(kinds).map(kind -> module.resolve("src").resolve(kind)))
          .filter(Files::isDirectory)
          .flatMap(SizesTest::javaAndKotlin)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> javaAndKotlin(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().matches(".*\\.(java|kt)")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int lines(Path file) {
    try {
      return Files.readAllLines(file).size();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns a path below the root, with slashes. */
  private static String name(Path path) {
    return ROOT.relativize(path).toString().replace('\\', '/');
  }

  private static String module(Path file) {
    return name(file).replaceFirst("/src/.*", "");
  }
}
