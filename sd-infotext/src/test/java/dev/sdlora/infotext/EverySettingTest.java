package dev.sdlora.infotext;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.FlowKeys;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.RandomSettings;
import dev.sdlora.api.setting.RandomSettings.Names;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.infotext.key.ImageSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each setting with a value other than its default survives writing into a text and reading, or its
 * row says why the text has no key for it.
 */
class EverySettingTest {
  private static final int SPECS = 400;

  /** The reason of objects whose settings have keys. */
  private static final String PARTS = "each of its settings has one";

  /** The model of the image reads a guidance scale, so that hires fix may have another. */
  private static final Map<String, String> FACTS = Map.of(FlowKeys.DISTILLED_GUIDANCE, "3.5");

  private static final Names NAMES = new Names();

  /** Random requests as plain values, and what their texts say. */
  private static final Map<Map<String, Object>, Map<String, Object>> READ = new LinkedHashMap<>();

  /** The names of a setting and of those that it is in. */
  private record Path(List<String> names) {
    Path with(String name) {
      return new Path(Stream.concat(names.stream(), Stream.of(name)).toList());
    }

    /** Returns the values in a plain object; lists of objects may have several. */
    List<Optional<Object>> in(Map<?, ?> plain) {
      List<Optional<Object>> found = List.of(Optional.of(plain));
      for (String name : names) {
        found = found.stream().flatMap(one -> parts(one, name)).toList();
      }
      return found;
    }

    private static Stream<Optional<Object>> parts(Optional<Object> object, String name) {
      if (object.isEmpty()) {
        return Stream.of(object);
      }
      Stream<?> objects =
          object.get() instanceof List<?> list ? list.stream() : Stream.of(object.get());
      return objects.map(one -> Optional.ofNullable(((Map<?, ?>) one).get(name)));
    }

    @Override
    public String toString() {
      return String.join(".", names);
    }
  }

  static Stream<Path> paths() {
    List<Path> paths = new ArrayList<>();
    collect(Settings.SPEC, new Path(List.of()), paths);
    return paths.stream();
  }

  private static void collect(Group<?, ?> group, Path parent, List<Path> paths) {
    for (Setting<?, ?, ?> setting : group.settings()) {
      Path path = parent.with(setting.name());
      Kind<?> kind = setting.kind().element().orElse(setting.kind());
      Optional<String> reason = setting.reasonWithout(Door.INFOTEXT);
      if (reason.isPresent() && !reason.get().equals(PARTS)) {
        continue;
      }
      if (kind.group().isPresent()) {
        collect(kind.group().get(), path, paths);
      } else {
        paths.add(path);
      }
    }
  }

  @BeforeAll
  static void writeAndRead() {
    for (int seed = 0; seed < SPECS; seed++) {
      Map<String, Object> plain =
          new RandomSettings(seed).object(Settings.SPEC, NAMES).orElseThrow();
      if (plain.get("promptOptions") instanceof Map<?, ?> options) {
        options.remove("limits"); // The prompts below may be longer.
      }
      plain.put("prompt", seed % 2 == 0 ? "a cat" : "[a:(b):0.5]");
      plain.put("negativePrompt", seed % 3 == 0 ? "" : "<lora:ink:1>");
      PromptSpec spec = Settings.SPEC.read(plain, NAMES);
      ImageSize size = spec.size().orElse(new ImageSize(512, 512));
      PromptSpec read =
          Infotext.parse(
              Infotext.write(new ImageSettings(spec, size, spec.seed().orElse(1), FACTS)));
      READ.put(Settings.SPEC.write(spec, NAMES), Settings.SPEC.write(read, NAMES));
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void setting_withAnotherValue_survivesWritingAndReading(Path path) {
    int survived = 0;
    Set<Object> lost = new LinkedHashSet<>();
    for (Map.Entry<Map<String, Object>, Map<String, Object>> one : READ.entrySet()) {
      List<Optional<Object>> expected = path.in(one.getKey());
      List<Optional<Object>> found = path.in(one.getValue());
      if (expected.stream().anyMatch(Optional::isPresent)) {
        if (found.equals(expected)) {
          survived++;
        } else {
          lost.add(expected + " is " + found);
        }
      }
    }
    assertThat(survived).as("%s", lost).isPositive();
  }
}
