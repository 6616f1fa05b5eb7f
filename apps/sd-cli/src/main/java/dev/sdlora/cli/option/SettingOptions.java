package dev.sdlora.cli.option;

import static dev.sdlora.api.setting.Door.COMMAND_LINE;

import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.api.value.SettingException;
import dev.sdlora.cli.console.Console;
import dev.sdlora.cli.console.OptionValue;
import dev.sdlora.cli.console.OptionWords;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The options of a group of settings, one for each row; rows of the same name share an option. */
public final class SettingOptions<O, B> {
  private static final int MOST_NAMED_CHOICES = 4;

  private final Group<O, B> group;

  /** The settings that each option sets, by its name. */
  private final Map<String, List<Setting<O, B, ?>>> settings = new LinkedHashMap<>();

  private final Map<String, String> shortNames = new HashMap<>();
  private final Map<String, Form<B, ?>> forms = new HashMap<>();
  private Function<String, @Nullable Object> values = name -> null;

  /** Values that the command line writes otherwise than the setting's kind. */
  private record Form<B, T>(Function<String, T> parse, BiConsumer<B, T> set) {}

  private SettingOptions(Group<O, B> group) {
    this.group = group;
  }

  /** Creates the options of some settings, by their names in the API. */
  public static <O, B> SettingOptions<O, B> of(Group<O, B> group, String... names) {
    return new SettingOptions<>(group).with(Set.of(names), true);
  }

  /** Creates the options of all settings but some, which have options of their own. */
  public static <O, B> SettingOptions<O, B> allBut(Group<O, B> group, String... names) {
    return new SettingOptions<>(group).with(Set.of(names), false);
  }

  private SettingOptions<O, B> with(Set<String> names, boolean named) {
    group.settings().stream()
        .filter(setting -> names.contains(setting.name()) == named)
        .forEach(
            setting ->
                settings
                    .computeIfAbsent(setting.name(COMMAND_LINE), option -> new ArrayList<>())
                    .add(setting));
    return this;
  }

  /** Gives an option a second name, such as {@code -n}. */
  SettingOptions<O, B> shortName(String option, String name) {
    shortNames.put(option, name);
    return this;
  }

  /** Parses the values of an option otherwise than the setting's kind does. */
  <T> SettingOptions<O, B> form(String option, Function<String, T> parse, BiConsumer<B, T> set) {
    forms.put(option, new Form<>(parse, set));
    return this;
  }

  /** Whether one of the options with values is given. */
  public boolean isGiven() {
    return settings.keySet().stream().anyMatch(name -> values.apply(name) != null);
  }

  /** Returns the names of the options. */
  public String[] names() {
    return settings.keySet().toArray(String[]::new);
  }

  /**
   * Adds the options to a command. A group that has an option in common with an earlier one adds
   * its default to the description.
   *
   * @param headed the class whose heading they have in the help
   */
  public void addTo(CommandSpec command, Class<?> headed) {
    for (OptionSpec option : options(headed)) {
      @Nullable OptionSpec known = command.findOption(option.longestName());
      if (known != null) {
        command.remove(known);
      }
      command.addOption(known == null ? option : both(known, option));
    }
    values = name -> Objects.requireNonNull(command.findOption(name)).getValue();
  }

  private OptionSpec both(OptionSpec first, OptionSpec second) {
    String more = usual(Objects.requireNonNull(settings.get(second.longestName()))).orElse("none");
    String words = first.description()[0].replaceAll("\\.$", "");
    String subject = group.type().getSimpleName().toLowerCase(Locale.ROOT);
    return OptionSpec.builder(first)
        .description(words + "; " + subject + ": " + more + ".")
        .build();
  }

  /** Creates the options, in the order of the settings. */
  List<OptionSpec> options(Class<?> headed) {
    return settings.entrySet().stream()
        .map(entry -> option(entry.getKey(), entry.getValue(), headed))
        .toList();
  }

  private OptionSpec option(String name, List<Setting<O, B, ?>> rows, Class<?> headed) {
    Kind<?> kind = rows.get(0).kind();
    OptionSpec.Builder option =
        OptionSpec.builder(name)
            .userObject(headed)
            .description(description(rows).replace("$", "$$").replace("%", "%%"));
    if (shortNames.containsKey(name)) {
      option.names(shortNames.get(name), name);
    }
    if (kind.type() == Kind.Type.FLAG) {
      return option.type(boolean.class).build();
    }
    if (!kind.choices().isEmpty()) {
      option.completionCandidates(kind.choices());
    }
    if (isAnyText(kind)) {
      option.auxiliaryTypes(String.class);
    }
    return option
        .type(rows.size() > 1 ? Object.class : type(kind))
        .arity("1")
        .paramLabel(label(rows))
        .converters(OptionValue.converter(parser(name, rows)))
        .build();
  }

  private Function<String, ?> parser(String name, List<Setting<O, B, ?>> rows) {
    @Nullable Form<B, ?> form = forms.get(name);
    if (form != null) {
      return form.parse();
    }
    return rows.size() == 1 ? rows.get(0).kind()::parse : NumberPair::parse;
  }

  /** Whether no text is refused before the request is checked. */
  private static boolean isAnyText(Kind<?> kind) {
    return kind.type() == Kind.Type.TEXT
        || kind.type() == Kind.Type.FILE
        || kind.type() == Kind.Type.OBJECT
        || (kind.type() == Kind.Type.LIST && isAnyText(kind.element().orElseThrow()));
  }

  private static Class<?> type(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER -> Double.class;
      case WHOLE_NUMBER -> Long.class;
      default -> Object.class;
    };
  }

  private String description(List<Setting<O, B, ?>> rows) {
    Kind<?> kind = rows.get(0).kind();
    String meaning = OptionWords.in(rows.get(0).meaning(COMMAND_LINE));
    if (!areWords(kind.choices()) && kind.choices().size() <= MOST_NAMED_CHOICES) {
      meaning += " One of " + String.join(", ", kind.choices()) + ".";
    }
    String whole = meaning;
    return kind.type() == Kind.Type.FLAG
        ? meaning
        : usual(rows).map(words -> whole + " Default: " + words + ".").orElse(whole);
  }

  /** Returns what applies without the option; empty if that is nothing. */
  private Optional<String> usual(List<Setting<O, B, ?>> rows) {
    Optional<String> own =
        rows.stream().flatMap(row -> row.defaultAt(COMMAND_LINE).stream()).findFirst();
    if (own.isPresent()) {
      return own;
    }
    Optional<String> unset = rows.stream().flatMap(row -> row.unset().stream()).findFirst();
    List<String> defaults = rows.stream().flatMap(row -> group.defaultText(row).stream()).toList();
    if (defaults.size() < rows.size()) {
      return unset;
    }
    String all = String.join(",", defaults);
    return Optional.of(unset.map(words -> words + ", else " + all).orElse(all));
  }

  private static String label(List<? extends Setting<?, ?, ?>> rows) {
    return rows.stream()
        .map(setting -> setting.unit().orElseGet(() -> label(setting.kind())))
        .collect(Collectors.joining(","));
  }

  private static String label(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER -> Double.isFinite(kind.most()) ? range(kind) : "X";
      case WHOLE_NUMBER -> kind.most() < Integer.MAX_VALUE ? range(kind) : "N";
      case CHOICE ->
          areWords(kind.choices()) && kind.choices().size() <= MOST_NAMED_CHOICES
              ? String.join("|", kind.choices())
              : "NAME";
      case LIST -> label(kind.element().orElseThrow()).matches("TEXT|NAME") ? "NAME,…" : "N,…";
      case OBJECT -> "NAME";
      default -> "TEXT";
    };
  }

  /** Whether the names fit in a label. */
  private static boolean areWords(List<String> names) {
    return names.stream().allMatch(name -> name.matches("[\\w.+-]+"));
  }

  private static String range(Kind<?> kind) {
    double least = kind.least() == Double.MIN_VALUE ? 0 : kind.least();
    double most = kind.most() == Kind.BELOW_1 ? 1 : kind.most();
    return Decimals.text(least) + ".." + Decimals.text(most);
  }

  /**
   * Returns a value with the given settings.
   *
   * @param value has the other settings
   * @throws IllegalArgumentException if a setting is out of range; the message names the option
   */
  public O apply(O value, Console console) {
    requireNeeded(value, console);
    B builder = group.edit(value);
    set(builder);
    try {
      O built = group.build(builder);
      requireValues(built, console);
      return built;
    } catch (SettingException e) {
      throw named(e);
    }
  }

  /** Names the option instead of the setting that does not go with others. */
  private IllegalArgumentException named(SettingException e) {
    return settings.entrySet().stream()
        .filter(entry -> entry.getValue().stream().anyMatch(row -> row.name().equals(e.name())))
        .findFirst()
        .map(entry -> new IllegalArgumentException(e.messageFor(entry.getKey()), e))
        .orElse(e);
  }

  /** Refuses options that have no effect with the value of another one. */
  private void requireValues(O built, Console console) {
    for (Setting<O, B, ?> setting : settings.values().stream().flatMap(List::stream).toList()) {
      List<String> needed = setting.neededValues();
      if (!needed.isEmpty() && values.apply(setting.name(COMMAND_LINE)) != null) {
        Setting<O, B, ?> other = group.setting(setting.needs().orElseThrow());
        if (!needed.contains(text(other, built))) {
          throw console.badUsage(
              "%s needs %s %s"
                  .formatted(setting.name(COMMAND_LINE), other.name(COMMAND_LINE), needed.get(0)));
        }
      }
    }
  }

  private static <O, T> String text(Setting<O, ?, T> setting, O value) {
    return setting.get(value).map(setting.kind()::format).orElse("");
  }

  private void requireNeeded(O value, Console console) {
    for (Setting<O, B, ?> setting : settings.values().stream().flatMap(List::stream).toList()) {
      setting
          .needs()
          .filter(other -> setting.neededValues().isEmpty())
          .map(group::setting)
          .filter(needed -> needed.get(value).equals(group.defaultOf(needed)))
          .ifPresent(needed -> require(needed, console, setting.name(COMMAND_LINE)));
    }
  }

  private static void require(Setting<?, ?, ?> needed, Console console, String option) {
    boolean flag = needed.kind().type() == Kind.Type.FLAG;
    String label = flag ? "" : " " + label(List.of(needed));
    console.requireBeside(needed.name(COMMAND_LINE) + label, option);
  }

  /**
   * Sets the given settings.
   *
   * @throws IllegalArgumentException if a setting is out of range; the message names the option
   */
  public void set(B builder) {
    set(builder, values);
  }

  /**
   * Sets settings.
   *
   * @param given returns the value of an option, null if it is not given
   */
  void set(B builder, Function<String, @Nullable Object> given) {
    settings.forEach(
        (option, rows) ->
            OptionValue.set(
                option,
                Optional.ofNullable(given.apply(option)).filter(value -> !value.equals(false)),
                value -> set(builder, option, rows, value)));
  }

  private void set(B builder, String option, List<Setting<O, B, ?>> rows, Object value) {
    @Nullable Form<B, ?> form = forms.get(option);
    if (form != null) {
      set(form, builder, value);
    } else if (value instanceof NumberPair pair) {
      setNumber(rows.get(0), builder, pair.first());
      setNumber(rows.get(1), builder, pair.second());
      group.build(builder); // checks the numbers together
    } else {
      set(rows.get(0), builder, value);
    }
  }

  @SuppressWarnings("unchecked") // the option has the form's parser
  private static <B, T> void set(Form<B, T> form, B builder, Object value) {
    form.set().accept(builder, (T) value);
  }

  @SuppressWarnings("unchecked") // the option has the parser of the kind
  private <T> void set(Setting<O, B, T> setting, B builder, Object value) {
    boolean flag = setting.kind().type() == Kind.Type.FLAG;
    Object other = flag ? !group.defaultOf(setting).equals(Optional.of(true)) : value;
    setting.set(builder, (T) other);
  }

  private static <B, T> void setNumber(Setting<?, B, T> setting, B builder, double number) {
    boolean whole = setting.kind().type() == Kind.Type.WHOLE_NUMBER;
    if (whole && number != Math.rint(number)) {
      throw new IllegalArgumentException("must be whole numbers of pixels: " + number);
    }
    setting.set(builder, setting.kind().parse(Decimals.text(number)));
  }
}
