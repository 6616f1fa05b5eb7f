package dev.sdlora.server.training;

import static dev.sdlora.api.setting.Door.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The studio's form of a training has an option for each row, with its values and range. */
class TrainingFormTest {
  private static final Pattern OPTION =
      Pattern.compile(
          "(?m)(?:\\b(number|whole|share|check|choice|lines)\\(|name: )\"([\\w.]+)\",.*$");

  private static final Pattern VALUES = Pattern.compile("\\{ (\\w+: \"[^\"]*\"(?:, )?)+ \\}");
  private static final Pattern KEY = Pattern.compile("(\\w+): \"");

  private static final Map<String, Kind<?>> ROWS = new LinkedHashMap<>();

  /** The lines of {@code options.js} by the name of the option. */
  private static final Map<String, String> OPTIONS = new LinkedHashMap<>();

  @BeforeAll
  static void read() throws IOException {
    for (Setting<Draft, Draft, ?> setting : TrainingFields.SETTINGS) {
      String name = setting.name(JSON);
      setting
          .kind()
          .group()
          .ifPresentOrElse(
              group ->
                  group
                      .settings()
                      .forEach(part -> ROWS.put(name + "." + part.name(JSON), part.kind())),
              () -> ROWS.put(name, setting.kind()));
    }
    String script = "/dev/sdlora/server/studio/training/options.js";
    try (InputStream stream =
        Objects.requireNonNull(TrainingFormTest.class.getResourceAsStream(script))) {
      Matcher options = OPTION.matcher(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
      while (options.find()) {
        OPTIONS.put(options.group(2), options.group());
      }
    }
  }

  @Test
  void eachRow_hasAnOption() {
    assertThat(OPTIONS.keySet()).containsAll(ROWS.keySet());
  }

  @Test
  void choices_areThoseOfTheRows() {
    ROWS.forEach(
        (name, kind) -> {
          if (!kind.choices().isEmpty()) {
            Matcher values = VALUES.matcher(option(name));
            assertThat(values.find()).as(name).isTrue();
            List<String> keys =
                KEY.matcher(values.group()).results().map(match -> match.group(1)).toList();
            assertThat(keys).as(name).isEqualTo(kind.choices());
          }
        });
  }

  @Test
  void ranges_areWithinThoseOfTheRows() {
    ROWS.forEach(
        (name, kind) -> {
          limit(name, "min")
              .ifPresent(
                  least ->
                      assertThat(least)
                          .as(name)
                          .isGreaterThanOrEqualTo(
                              kind.least() == Double.MIN_VALUE ? 0 : kind.least()));
          limit(name, "max")
              .ifPresent(
                  most -> assertThat(most).as(name).isLessThanOrEqualTo(Math.nextUp(kind.most())));
        });
  }

  private static OptionalDouble limit(String name, String limit) {
    Matcher found = Pattern.compile("\\b" + limit + ": (-?\\d+)").matcher(option(name));
    return found.find()
        ? OptionalDouble.of(Double.parseDouble(found.group(1)))
        : OptionalDouble.empty();
  }

  private static String option(String name) {
    return Objects.requireNonNull(OPTIONS.get(name), name);
  }
}
