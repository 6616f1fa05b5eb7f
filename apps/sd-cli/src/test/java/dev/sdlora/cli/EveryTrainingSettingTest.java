package dev.sdlora.cli;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;
import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.setting.Draft;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.cli.training.ConfigFile;
import dev.sdlora.demo.model.DemoModel;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.TrainingExample;
import dev.sdlora.training.TrainingSet;
import dev.sdlora.training.setting.TrainingSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Tests that every setting of a training has an option of {@code sd train} that sets it. */
class EveryTrainingSettingTest {
  private static final TrainingSet IMAGES =
      TrainingSet.of(
          List.of(
              TrainingExample.of(
                  new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "a red star")));

  private static final List<String> VALUES =
      List.of("0.25", "0.5", "2", "3", "72", "512", "128x192", "x", "cpu");

  /** The options that settings need, by the beginning of their path. */
  private static final Map<String, String> CONTEXT =
      Map.of(
          "buckets.", "--buckets",
          "captions.kept", "--shuffle-tags",
          "classCount", "--class-prompt x",
          "priorWeight", "--class-prompt x",
          "timesteps.mean", "--timesteps logit_normal",
          "timesteps.deviation", "--timesteps logit_normal",
          "validation.every", "--validation 0.25",
          "validation.patience", "--validation 0.25");

  private record Written(String options, Object plain) {}

  /** Settings that the command line writes otherwise than their kind does. */
  private static final Map<String, Written> NOTATIONS =
      Map.ofEntries(
          entry(
              "adapter.rules",
              new Written("--rules IN04=rank:2", List.of(Map.of("layers", "IN04", "rank", 2L)))),
          entry("schedule.shape", new Written("--scheduler linear", "linear")),
          entry("schedule.cycles", new Written("--scheduler cosine_with_restarts --cycles 5", 5L)),
          entry("timesteps.shape", new Written("--timesteps by_resolution", "by_resolution")),
          entry("timesteps.shift", new Written("--timesteps shift --timestep-shift 2", 2.0)),
          entry("slider.target", new Written("--slider x --positive y", "x")),
          entry("slider.positive", new Written("--slider x --positive y", "y")),
          entry("slider.negative", new Written("--slider x --positive y --negative z", "z")),
          entry("slider.kept", new Written("--slider x --positive y --keep z", List.of("z"))),
          entry(
              "slider.guidance",
              new Written("--slider x --positive y --slider-guidance 0.25", 0.25)));

  static Stream<Arguments> settings() {
    return TrainingSettings.TRAINING.settings().stream()
        .flatMap(
            setting ->
                setting.kind().group().isEmpty()
                    ? Stream.of(Arguments.of(setting.name(), TrainingSettings.TRAINING, setting))
                    : parts(setting.name(), setting.kind().group().get()));
  }

  private static Stream<Arguments> parts(String name, Group<?, ?> group) {
    return group.settings().stream()
        .map(part -> Arguments.of(name + "." + part.name(), group, part));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void otherValueThanTheDefault_reachesTheTrainer(
      String path, Group<?, ?> group, Setting<?, ?, ?> setting) {
    Written written =
        Optional.ofNullable(NOTATIONS.get(path)).orElseGet(() -> written(path, group, setting));

    Optional<Object> found = find(trainer(written.options()), path, setting.name());

    assertThat(found).as(written.options()).contains(written.plain());
    assertThat(plain(defaultOf(group, setting.name()), setting)).isNotEqualTo(found);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("settings")
  void configFile_setsTheSame(
      String path, Group<?, ?> group, Setting<?, ?, ?> setting, @TempDir Path folder)
      throws IOException {
    Written written =
        Optional.ofNullable(NOTATIONS.get(path)).orElseGet(() -> written(path, group, setting));
    Path file = Files.writeString(folder.resolve("config.toml"), toml(written.options()));

    Optional<Object> found = find(trainer("--config " + file), path, setting.name());

    assertThat(found).as(Files.readString(file)).contains(written.plain());
  }

  /** Writes options as TOML, those with numbers without quotes. */
  private static String toml(String options) {
    StringBuilder text = new StringBuilder("[some_section]\n");
    for (String option : options.split(" ?--", -1)) {
      if (!option.isEmpty()) {
        String[] parts = option.split(" ", 2);
        String value = parts.length == 1 ? "true" : parts[1];
        text.append(parts[0].replace('-', '_'))
            .append(" = ")
            .append(value.matches("true|[0-9.]+") ? value : '"' + value + '"')
            .append('\n');
      }
    }
    return text.toString();
  }

  private static LoraTrainerBuilder trainer(String options) {
    TrainCommand command = new TrainCommand();
    CommandLine line =
        new CommandLine(CommandSpec.create())
            .addSubcommand(command)
            .setCaseInsensitiveEnumValuesAllowed(true);
    String[] args = ("train --out x.safetensors " + options).split(" ");
    Optional<ConfigFile> config = ConfigFile.of(line, args);
    String[] together = config.map(file -> file.together(args)).orElse(args);
    line.parseArgs(together);
    boolean slider = List.of(together).toString().contains("--slider");
    LoraTrainerBuilder trainer =
        command.trainer(DemoModel.checkpoint(), slider ? Optional.empty() : Optional.of(IMAGES));
    command.applyTo(trainer, 100);
    return trainer;
  }

  /** Returns the option of a setting, those that it shares it with, and what it needs. */
  private static Written written(String path, Group<?, ?> group, Setting<?, ?, ?> setting) {
    List<String> options = new ArrayList<>();
    CONTEXT.keySet().stream().filter(path::startsWith).map(CONTEXT::get).forEach(options::add);
    setting
        .needs()
        .filter(other -> options.isEmpty())
        .map(group::setting)
        .ifPresent(
            other ->
                options.add(
                    other.name(COMMAND_LINE)
                        + " "
                        + setting.neededValues().stream().findFirst().orElse("2")));
    String name = setting.name(COMMAND_LINE);
    List<String> values = new ArrayList<>();
    Optional<Object> plain = Optional.empty();
    for (Setting<?, ?, ?> row : group.settings()) {
      if (row.name(COMMAND_LINE).equals(name)) {
        String value = otherValue(group, row, values);
        values.add(value);
        if (row == setting) {
          plain = plainOf(row.kind(), value);
        }
      }
    }
    boolean flag = setting.kind().type() == Kind.Type.FLAG;
    options.add(flag ? name : name + " " + String.join(",", values));
    return new Written(String.join(" ", options), plain.orElseThrow());
  }

  private static String otherValue(
      Group<?, ?> group, Setting<?, ?, ?> setting, Collection<String> others) {
    Kind<?> kind = setting.kind();
    if (kind.type() == Kind.Type.FLAG) {
      return defaultOf(group, setting.name()).equals(Optional.of(true)) ? "false" : "true";
    }
    Stream<String> values = kind.choices().isEmpty() ? VALUES.stream() : kind.choices().stream();
    return values
        .filter(value -> !others.contains(value))
        .filter(value -> plainOf(kind, value).isPresent())
        .filter(
            value -> !plainOf(kind, value).equals(plain(defaultOf(group, setting.name()), setting)))
        .findFirst()
        .orElseThrow();
  }

  private static <T> Optional<Object> plainOf(Kind<T> kind, String text) {
    try {
      return Optional.of(kind.write(kind.require(kind.parse(text), "value")));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static <O, B> Optional<Object> defaultOf(Group<O, B> group, String name) {
    return group.defaultOf(group.setting(name)).map(Object.class::cast);
  }

  @SuppressWarnings("unchecked") // the value is one of the setting
  private static <T> Optional<Object> plain(Optional<Object> value, Setting<?, ?, T> setting) {
    return value.map(one -> setting.kind().write((T) one));
  }

  /** Finds a plain value, which the builder keeps to itself until it builds a trainer. */
  private static Optional<Object> find(LoraTrainerBuilder trainer, String path, String name) {
    Setting<Draft, Draft, ?> parent = TrainingSettings.TRAINING.setting(path.split("\\.", -1)[0]);
    try {
      Method find = LoraTrainerBuilder.class.getDeclaredMethod("find", Setting.class);
      find.setAccessible(true);
      Optional<Object> value = ((Optional<?>) find.invoke(trainer, parent)).map(one -> one);
      return parent.kind().group().isEmpty()
          ? plain(value, parent)
          : value.flatMap(owner -> part(parent.kind().group().get(), name, owner));
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the builder keeps settings elsewhere", e);
    }
  }

  @SuppressWarnings("unchecked") // the owner is one of the group
  private static <O, B> Optional<Object> part(Group<O, B> group, String name, Object owner) {
    Setting<O, B, ?> setting = group.setting(name);
    return plain(setting.get((O) owner).map(Object.class::cast), setting);
  }
}
