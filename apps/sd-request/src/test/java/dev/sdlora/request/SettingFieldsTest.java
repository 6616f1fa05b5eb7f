package dev.sdlora.request;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.RandomSettings;
import dev.sdlora.api.setting.RandomSettings.Names;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.context.RequestContext;
import dev.sdlora.request.image.Base64Images;
import dev.sdlora.request.json.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each setting with a value other than its default survives writing as fields and reading, or its
 * row says why it has no field.
 */
class SettingFieldsTest {
  private static final int SPECS = 60;

  /**
   * Settings that consist of images and files, which clients send themselves, and the eta of DDIM,
   * which is an option and, with the other eta, the field {@code eta}.
   */
  private static final Set<String> EXCEPTIONS =
      Set.of("loras", "masks", "controlUnits", "imagePrompts", "referenceImages", "etaDdim");

  private static final List<Map<String, Object>> RANDOM = new ArrayList<>();
  private static final Names NAMES = new Names();

  /** Has the network of a random name. */
  @TempDir private static Path upscalers;

  /** A setting and the settings of the objects that it is in. */
  private record Row(List<Setting<?, ?, ?>> settings) {
    Setting<?, ?, ?> last() {
      return settings.get(settings.size() - 1);
    }

    /** Returns the value in a plain object. */
    Optional<Object> in(Map<?, ?> plain) {
      Optional<Object> found = Optional.of(plain);
      for (Setting<?, ?, ?> setting : settings) {
        found =
            found
                .filter(Map.class::isInstance)
                .map(Map.class::cast)
                .map(map -> map.get(setting.name()));
      }
      return found;
    }

    /** Whether what this setting needs has an effect in a plain object. */
    boolean hasEffect(Map<?, ?> plain) {
      if (last().needs().isEmpty() || !last().neededValues().isEmpty()) {
        return true;
      }
      int depth = settings.size() - 1;
      Group<?, ?> group =
          depth == 0 ? Settings.SPEC : settings.get(depth - 1).kind().group().orElseThrow();
      List<Setting<?, ?, ?>> needed = new ArrayList<>(settings.subList(0, depth));
      needed.add(group.setting(last().needs().get()));
      return new Row(needed).in(plain).isPresent();
    }

    /** Returns a plain object with this setting and those that it cannot be without. */
    Map<String, Object> alone(Map<?, ?> plain) {
      return alone(Settings.SPEC, 0, plain);
    }

    private Map<String, Object> alone(Group<?, ?> group, int depth, Map<?, ?> plain) {
      Setting<?, ?, ?> setting = settings.get(depth);
      Map<String, Object> alone = new LinkedHashMap<>();
      for (Setting<?, ?, ?> other : group.settings()) {
        Optional<String> needs =
            setting.name().equals("refinerBySteps")
                ? Optional.of("refinerSwitch")
                : setting.needs();
        boolean needed = needs.filter(other.name()::equals).isPresent();
        if ((other.isRequired() || needed) && plain.containsKey(other.name())) {
          alone.put(other.name(), plain.get(other.name()));
        }
      }
      Object value = Objects.requireNonNull(plain.get(setting.name()));
      alone.put(
          setting.name(),
          depth == settings.size() - 1
              ? value
              : alone(setting.kind().group().orElseThrow(), depth + 1, (Map<?, ?>) value));
      return alone;
    }

    @Override
    public String toString() {
      return String.join(".", settings.stream().map(Setting::name).toList());
    }
  }

  static Stream<Row> paths() {
    List<Row> paths = new ArrayList<>();
    collect(Settings.SPEC, List.of(), paths);
    return paths.stream();
  }

  private static void collect(Group<?, ?> group, List<Setting<?, ?, ?>> parents, List<Row> paths) {
    for (Setting<?, ?, ?> setting : group.settings()) {
      List<Setting<?, ?, ?>> path = new ArrayList<>(parents);
      path.add(setting);
      Optional<String> reason = setting.reasonWithout(Door.JSON);
      boolean hasField = reason.isEmpty();
      boolean ofParts = reason.filter("each of its settings has one"::equals).isPresent();
      if (setting.kind().group().isPresent() && (hasField || ofParts)) {
        collect(setting.kind().group().get(), path, paths);
      } else if (hasField && !EXCEPTIONS.contains(setting.name())) {
        paths.add(new Row(path));
      }
    }
  }

  @BeforeAll
  static void draw() throws IOException {
    Files.createFile(upscalers.resolve("canny.pth"));
    for (int seed = 0; seed < SPECS; seed++) {
      RANDOM.add(new RandomSettings(seed).object(Settings.SPEC, NAMES).orElseThrow());
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void setting_withAnotherValue_survivesWritingAndReading(Row path) {
    int survived = 0;
    for (Map<String, Object> plain : RANDOM) {
      if (path.in(plain).isPresent() && survived < 3) {
        survived += survives(path, path.alone(plain)) ? 1 : 0;
      }
    }
    assertThat(survived).isPositive();
  }

  /** Whether this value is not the default, and one that a request can have here. */
  private static boolean survives(Row path, Map<String, Object> plain) {
    PromptSpec spec;
    PromptSpec read;
    try {
      spec = Settings.SPEC.read(plain, NAMES);
      read = read(spec);
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false; // A part of the request or of this server is missing.
    }
    Map<String, Object> whole = Settings.SPEC.write(spec, NAMES);
    Optional<Object> expected = path.in(whole);
    boolean noRefiner = path.last().name().startsWith("refiner") && isOne(spec.refinerSwitch());
    if (expected.isEmpty() || noRefiner || !path.hasEffect(whole)) {
      return false; // It is the default, or has no effect, as in A1111 a refiner without steps.
    }
    assertThat(path.in(Settings.SPEC.write(read, NAMES))).isEqualTo(expected);
    return true;
  }

  private static boolean isOne(OptionalDouble number) {
    return number.isPresent() && number.getAsDouble() == 1;
  }

  private static PromptSpec read(PromptSpec spec) {
    ObjectNode fields = new DrawingWriter(DrawingWriterTest.CONTEXT).fields(spec);
    spec.imageToImage()
        .ifPresent(
            start -> {
              fields.putArray("init_images").add(base64(start.image()));
              start
                  .inpainting()
                  .map(Inpainting::mask)
                  .ifPresent(mask -> fields.put("mask", base64(mask)));
            });
    RequestContext usual = DrawingWriterTest.CONTEXT;
    RequestContext context =
        new RequestContext(
            usual.models(),
            usual.chosen(),
            List.of(upscalers),
            usual.controlNetFolders(),
            spec.promptOptions().styles(),
            usual.images(),
            usual.limits(),
            usual.paths(),
            usual.ignoreScripts());
    return new DrawingReader(context).read(Fields.of(fields), Dialect.LIBRARY, Overrides.NONE);
  }

  private static String base64(Image image) {
    return Base64Images.base64(Base64Images.png(image.toBufferedImage()));
  }
}
