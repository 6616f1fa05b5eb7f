package dev.sdlora.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.SettingPath;
import dev.sdlora.api.setting.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A default of a setting is written once, in the API. In the modules that read and write requests,
 * no number equal to the default follows the name of its setting.
 */
class DefaultsTest {
  private static final Path ROOT = Path.of("../..");
  private static final List<String> MODULES =
      List.of(
          "apps/sd-request",
          "apps/sd-server",
          "apps/sd-cli",
          "apps/sd-batch",
          "integrations/sd-spring-boot",
          "integrations/sd-langchain4j",
          "integrations/sd-kotlin");

  /** Defaults of other programs that are equal. */
  private static final Set<String> OF_OTHERS = Set.of("DetailerScript.java: cfgScale(7");

  /** Too common to say anything about where they come from. */
  private static final Set<Double> COMMON = Set.of(0.0, 1.0, -1.0);

  /** Returns a pattern for each name of a setting, with its default. */
  private static Set<String> patterns() {
    Set<String> patterns = new TreeSet<>();
    SettingPath.ALL.forEach(path -> add(path.setting(), path.usual(), patterns));
    add(Settings.DETAIL_PASS, patterns);
    return patterns;
  }

  private static <O, B> void add(Group<O, B> group, Set<String> patterns) {
    group.settings().forEach(setting -> add(setting, group.defaultOf(setting), patterns));
  }

  private static void add(Setting<?, ?, ?> setting, Optional<?> usual, Set<String> patterns) {
    if (usual.orElse(null) instanceof Number number && !COMMON.contains(number.doubleValue())) {
      String literal = Pattern.quote(number.toString().replaceFirst("\\.0$", "")) + "(\\.0)?";
      Stream.of(setting.name(), setting.name(Door.JSON), setting.name(Door.COMMAND_LINE))
          .map(name -> "(?<![\\w-])" + Pattern.quote(name) + "\"?\\s*[,(=]\\s*" + literal)
          .forEach(pattern -> patterns.add(pattern + "\\b(?!\\.)"));
    }
  }

  private static String code(Path file) {
    try (Stream<String> lines = Files.lines(file)) {
      return lines
          .filter(line -> !line.strip().matches("(\\*|//|/\\*).*"))
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<Path, String> sources() {
    Map<Path, String> sources = new TreeMap<>();
    for (String module : MODULES) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main"))) {
        files
            .filter(file -> file.toString().matches(".*\\.(java|kt)"))
            .forEach(file -> sources.put(file, code(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return sources;
  }

  @Test
  void defaults_areWrittenOnce() {
    Set<String> found = new TreeSet<>();
    Set<String> patterns = patterns();
    assertThat(patterns).hasSizeGreaterThan(40);
    sources()
        .forEach(
            (file, code) -> {
              for (String pattern : patterns) {
                Pattern.compile(pattern)
                    .matcher(code)
                    .results()
                    .forEach(
                        match ->
                            found.add(
                                Objects.requireNonNull(file.getFileName()) + ": " + match.group()));
              }
            });
    assertThat(found).isEqualTo(OF_OTHERS);
  }
}
