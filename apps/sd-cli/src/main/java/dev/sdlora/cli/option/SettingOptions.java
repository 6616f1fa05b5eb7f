package dev.sdlora.cli.option;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;

import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a group of settings, one for each row. */
final class SettingOptions<O, B> {
  private static final int MOST_NAMED_CHOICES = 4;

  private final Group<O, B> group;
  private final List<Setting<O, B, ?>> settings;
  private final Map<String, OptionSpec> options = new HashMap<>();

  /**
   * Creates the options.
   *
   * @param others the names of settings that have options of their own
   */
  SettingOptions(Group<O, B> group, Set<String> others) {
    this.group = group;
    settings =
        group.settings().stream().filter(setting -> !others.contains(setting.name())).toList();
  }

  /**
   * Adds the options to a command.
   *
   * @param headed the class whose heading they have in the help
   */
  void addTo(CommandSpec command, Class<?> headed) {
    for (Setting<O, B, ?> setting : settings) {
      OptionSpec option = option(setting, headed);
      options.put(setting.name(), option);
      command.addOption(option);
    }
  }

  private <T> OptionSpec option(Setting<O, B, T> setting, Class<?> headed) {
    Kind<T> kind = setting.kind();
    OptionSpec.Builder option =
        OptionSpec.builder(setting.name(COMMAND_LINE))
            .userObject(headed)
            .description(description(setting).replace("$", "$$").replace("%", "%%"));
    if (kind.type() == Kind.Type.FLAG) {
      return option.type(boolean.class).build();
    }
    return option
        .type(Object.class)
        .arity("1")
        .paramLabel(setting.unit().orElseGet(() -> label(kind)))
        .converters(OptionValue.converter(kind::parse))
        .build();
  }

  private <T> String description(Setting<O, B, T> setting) {
    if (setting.kind().type() == Kind.Type.FLAG) {
      return setting.meaning();
    }
    Optional<String> usual = setting.get(group.defaults()).map(setting.kind()::format);
    return usual
        .or(setting::unset)
        .map(words -> setting.meaning() + " Default: " + words + ".")
        .orElse(setting.meaning());
  }

  private static String label(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER -> Double.isFinite(kind.most()) ? range(kind) : "X";
      case WHOLE_NUMBER -> kind.most() < Integer.MAX_VALUE ? range(kind) : "N";
      case CHOICE ->
          kind.choices().size() <= MOST_NAMED_CHOICES ? String.join("|", kind.choices()) : "NAME";
      case LIST -> label(kind.element().orElseThrow()).contains("..") ? "N,…" : "NAME,…";
      default -> "TEXT";
    };
  }

  private static String range(Kind<?> kind) {
    double least = kind.least() == Double.MIN_VALUE ? 0 : kind.least();
    return Decimals.text(least) + ".." + Decimals.text(kind.most());
  }

  /**
   * Returns a value with the given settings.
   *
   * @param value has the other settings
   * @throws IllegalArgumentException if a setting is out of range; the message names the option
   */
  O apply(O value, Console console) {
    requireNeeded(value, console);
    B builder = group.edit(value);
    settings.forEach(setting -> set(setting, builder));
    return group.build(builder);
  }

  private void requireNeeded(O value, Console console) {
    for (Setting<O, B, ?> setting : settings) {
      setting
          .needs()
          .map(group::setting)
          .filter(needed -> needed.get(value).equals(needed.get(group.defaults())))
          .ifPresent(
              needed ->
                  console.requireBeside(needed.name(COMMAND_LINE), setting.name(COMMAND_LINE)));
    }
  }

  private <T> void set(Setting<O, B, T> setting, B builder) {
    @Nullable T value = Objects.requireNonNull(options.get(setting.name())).getValue();
    Optional<T> given = Optional.ofNullable(value).filter(one -> !one.equals(false));
    OptionValue.set(setting.name(COMMAND_LINE), given, one -> setting.set(builder, one));
  }
}
