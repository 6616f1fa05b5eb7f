package dev.sdlora.api.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.setting.RandomSettings.Names;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** The ranges of the rows are those that setters check. */
class RangesTest {
  @TestFactory
  Stream<DynamicTest> limits_areThoseOfSetters() {
    return SettingsTest.groups()
        .flatMap(
            group ->
                group.settings().stream()
                    .filter(setting -> !setting.isRequired())
                    .filter(setting -> isNumber(setting.kind()))
                    .map(
                        setting ->
                            DynamicTest.dynamicTest(
                                group.type().getSimpleName() + "." + setting.name(),
                                () -> check(group, setting))));
  }

  private static boolean isNumber(Kind<?> kind) {
    return kind.type() == Kind.Type.NUMBER || kind.type() == Kind.Type.WHOLE_NUMBER;
  }

  private static void check(Group<?, ?> group, Setting<?, ?, ?> setting) {
    Kind<?> kind = setting.kind();
    if (kind.least() > Integer.MIN_VALUE) {
      assertThat(accepts(group, setting, kind.least())).isTrue();
      assertRefused(group, setting, below(kind));
    }
    if (kind.most() < Integer.MAX_VALUE) {
      assertThat(accepts(group, setting, kind.most())).isTrue();
      assertRefused(group, setting, above(kind));
    }
  }

  private static double below(Kind<?> kind) {
    return kind.type() == Kind.Type.NUMBER ? Math.nextDown(kind.least()) : kind.least() - 1;
  }

  private static double above(Kind<?> kind) {
    return kind.type() == Kind.Type.NUMBER ? Math.nextUp(kind.most()) : kind.most() + 1;
  }

  private static void assertRefused(Group<?, ?> group, Setting<?, ?, ?> setting, double value) {
    assertThatThrownBy(() -> set(group, setting, value))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /**
   * Returns true also if the value is valid, but not together with the defaults of other settings.
   */
  private static boolean accepts(Group<?, ?> group, Setting<?, ?, ?> setting, double value) {
    try {
      set(group, setting, value);
    } catch (IllegalStateException excluded) {
      return true;
    }
    return true;
  }

  private static void set(Group<?, ?> group, Setting<?, ?, ?> setting, double value) {
    Names names = new Names();
    Map<String, Object> plain = RandomSettings.required(group, names);
    if (setting.name().equals("upscale")) {
      plain.put("upscaler", Map.of("name", "Lanczos"));
    }
    plain.put(setting.name(), value);
    group.read(plain, names);
  }
}
