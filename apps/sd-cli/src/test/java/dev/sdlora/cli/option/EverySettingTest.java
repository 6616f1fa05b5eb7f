package dev.sdlora.cli.option;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static dev.sdlora.cli.console.OptionValue.converter;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.model.WeightFormat;
import dev.sdlora.api.setting.Attachments;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.model.ControlArgument;
import dev.sdlora.cli.model.LoraCurve;
import dev.sdlora.cli.model.ModelOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Tests that every setting has an option that sets it, or a reason in its row why it has none.
 * Options that set one row get a value that is made from the row.
 */
class EverySettingTest {
  private static final String IMAGE = "../../docs/badge.png";
  private static final String SPREAD = "each of its settings has one";
  private static final List<String> VALUES =
      List.of("0.15", "2", "0.5", "4", "0.25,0.5", "2,4", "128x192", "x");

  @TempDir private static Path folder;

  /** What the settings of a part need, by the beginning of their path. */
  private static final Map<String, List<String>> CONTEXT =
      Map.of(
          "hiresFix.", List.of("--hires", "2"),
          "imageToImage.", List.of("--init", IMAGE),
          "imageToImage.inpainting.", List.of("--mask", IMAGE),
          "imageToImage.outpainting.", List.of("--outpaint", "8,8,0,0"),
          "detailPasses.", List.of("--detail", "face"),
          "masks.", List.of("--region", "left=0,0,0.5,1"),
          "imagePrompts.",
              List.of(
                  "--ip-adapter",
                  IMAGE,
                  "--region",
                  "left=0,0,0.5,1",
                  "--image-prompt",
                  IMAGE + ":0.5,0.1,0.9:style transfer:scaling=K+V:mask=left"),
          "finalDecoder", List.of("--preview-decoder", IMAGE),
          "refiner", List.of("--refiner", IMAGE));

  /** Options with a notation of their own, which sets all rows with this option, or one path. */
  private static Map<String, List<String>> notations() {
    return Map.ofEntries(
        entry("hiresFix.scale", List.of("--hires", "3")),
        entry("hiresFix.size", List.of("--hires", "128x192")),
        entry("--prompt", List.of("--prompt", "a cat")),
        entry("--sampler", List.of("--sampler", "Euler a")),
        entry("--lora", List.of("--lora", "ink_lines:0.5")),
        entry("--lora-curve", List.of("--lora-curve", "ink_lines=0:1,1:0.5")),
        entry(
            "--control",
            List.of(
                "--control", IMAGE + ":union=depth,canny=50/150@128:" + IMAGE + ",0.5,0.1,0.9")),
        entry("--image-prompt", List.of()),
        entry("--ip-adapter", List.of()),
        entry("--region", List.of("--region", "left=0,0,0.5,1")),
        entry("--detail", List.of("--detail", "face:0.5")),
        entry("--init", List.of("--init", IMAGE)),
        entry("--mask", List.of("--mask", IMAGE)),
        entry("--outpaint", List.of("--outpaint", "8,8,8,8")),
        entry("--reference", List.of("--reference", IMAGE)),
        entry("--style", List.of("--styles", folder.resolve("styles.csv").toString(), "--style=a")),
        entry("--wildcard-dir", List.of("--wildcard-dir", folder.toString())),
        entry("--strict", List.of("--strict")),
        entry("--empty-negative", List.of("--empty-negative", "encoded")),
        entry("--upscaler", List.of("--upscaler", IMAGE)),
        entry("--upscale", List.of("--upscale", "3")));
  }

  /** A command with the options of images. */
  @Command(name = "draw")
  static final class Draw {
    @Mixin private final ImageOptions image = new ImageOptions();
    @Mixin private final ModelOptions model = new ModelOptions();
    @Mixin private final Console console = new Console();
  }

  @BeforeAll
  static void writeStyles() throws IOException {
    Files.writeString(folder.resolve("styles.csv"), "name,prompt,negative_prompt\na,b,c\n");
  }

  private static PromptSpec parse(List<String> options) {
    Draw draw = new Draw();
    new CommandLine(draw)
        .registerConverter(ControlArgument.class, converter(ControlArgument::parse))
        .registerConverter(WeightFormat.class, converter(WeightFormat::parse))
        .registerConverter(LoraCurve.class, converter(LoraCurve::parse))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(options.toArray(String[]::new));
    return draw.image.toSpec(draw.model, draw.console);
  }

  static Stream<Arguments> settings() {
    List<Arguments> all = new ArrayList<>();
    collect("", Settings.SPEC, all);
    return all.stream();
  }

  private static void collect(String path, Group<?, ?> group, List<Arguments> all) {
    for (Setting<?, ?, ?> setting : group.settings()) {
      Kind<?> kind = setting.kind();
      while (kind.element().isPresent()) {
        kind = kind.element().orElseThrow();
      }
      Optional<String> reason = setting.reasonWithout(COMMAND_LINE);
      if (reason.isPresent() && !reason.get().equals(SPREAD)) {
        continue;
      }
      // The option takes the name of the upscaler, which is all that it is here.
      if (kind.group().isPresent() && !setting.name(COMMAND_LINE).equals("--hires-upscaler")) {
        collect(path + setting.name() + ".", kind.group().orElseThrow(), all);
      } else {
        all.add(Arguments.of(path + setting.name(), group, setting));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void otherValueThanTheDefault_isInTheRequest(
      String path, Group<?, ?> group, Setting<?, ?, ?> setting) {
    List<String> options = new ArrayList<>();
    CONTEXT.keySet().stream().filter(path::startsWith).map(CONTEXT::get).forEach(options::addAll);
    String option = setting.name(COMMAND_LINE);
    setting.needs().map(group::setting).ifPresent(needed -> options.addAll(option(group, needed)));
    List<String> own =
        Optional.ofNullable(notations().getOrDefault(path, notations().get(option)))
            .orElseGet(() -> option(group, setting));
    if (!own.isEmpty()) {
      removeOption(options, option);
    }
    options.addAll(own);
    if (!option.equals("--prompt")) {
      options.add("x");
    }

    Object tree = Settings.SPEC.write(parse(options), new Names());

    assertThat(find(tree, path)).as("%s in %s by %s", path, tree, options).isPresent();
  }

  private static void removeOption(List<String> options, String option) {
    int at = options.indexOf(option);
    if (at >= 0) {
      options.subList(at, at + 2).clear();
    }
  }

  /** Returns an option that sets a row, and those that share it, to other values. */
  private static List<String> option(Group<?, ?> group, Setting<?, ?, ?> setting) {
    String name = setting.name(COMMAND_LINE);
    if (setting.kind().type() == Kind.Type.FLAG) {
      return List.of(name);
    }
    List<String> values = new ArrayList<>();
    for (Setting<?, ?, ?> row : group.settings()) {
      if (row.name(COMMAND_LINE).equals(name)) {
        values.add(otherValue(row, group, values.size()));
      }
    }
    return List.of(name, String.join(",", values));
  }

  private static String otherValue(Setting<?, ?, ?> setting, Group<?, ?> group, int skipped) {
    Kind<?> kind = setting.kind();
    Stream<String> values = kind.choices().isEmpty() ? VALUES.stream() : kind.choices().stream();
    return values
        .filter(value -> isValid(kind, value) && !isDefault(group, setting.name(), value))
        .skip(skipped)
        .findFirst()
        .orElseThrow();
  }

  private static <O, B> boolean isDefault(Group<O, B> group, String name, String value) {
    return group.defaultText(group.setting(name)).equals(Optional.of(value));
  }

  private static boolean isValid(Kind<?> kind, String value) {
    boolean numbers =
        kind.type() == Kind.Type.LIST && kind.element().get().type() != Kind.Type.TEXT;
    if (numbers && !value.contains(",")) {
      return false;
    }
    try {
      Object parsed = kind.parse(value);
      return !(parsed instanceof Number number)
          || (number.doubleValue() >= kind.least() && number.doubleValue() <= kind.most());
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Finds a value by its path; lists and maps have one element. */
  private static Optional<Object> find(Object tree, String path) {
    Object found = tree;
    for (String name : path.split("\\.", -1)) {
      if (found instanceof List<?> list) {
        found = list.get(0);
      }
      if (!(found instanceof Map<?, ?> map)) {
        return Optional.empty();
      }
      Object next = map.get(name);
      if (next == null && map.size() == 1) { // a name that the user chose
        next = map.values().iterator().next() instanceof Map<?, ?> inner ? inner.get(name) : null;
      }
      if (next == null) {
        return Optional.empty();
      }
      found = next;
    }
    return Optional.of(found);
  }

  /** Converts attachments to their names. */
  private static final class Names implements Attachments {
    @Override
    public Object ofImage(Image image) {
      return "image";
    }

    @Override
    public Object ofFile(Path file) {
      return file.toString();
    }

    @Override
    public Object ofLora(LoraAdapter lora) {
      return lora.path().toString();
    }

    @Override
    public Image image(Object plain) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Path file(Object plain) {
      throw new UnsupportedOperationException();
    }

    @Override
    public LoraAdapter lora(Object plain) {
      throw new UnsupportedOperationException();
    }
  }
}
