package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.training.setting.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Tests that {@code docs/settings.md} and the end of {@code docs/training.md} list all rows. */
class SettingsPageTest {
  private static final Path PAGE = Path.of("../../docs/settings.md");
  private static final Path TRAINING_PAGE = Path.of("../../docs/training.md");
  private static final String TRAINING_TITLE = "\n## All settings\n";
  private static final Pattern OPTION = Pattern.compile("(?m)^ +(?:-., )?(--[\\w-]+)");
  private static final int MOST_CHOICES = 12;

  private final Map<Group<?, ?>, String> groups = new LinkedHashMap<>();

  /** The beginnings of the properties of groups whose settings have some. */
  private final Map<Group<?, ?>, String> properties = new LinkedHashMap<>();

  /** Collects groups in the order in which settings name them. */
  private void collect(Group<?, ?> group, String name) {
    if (groups.putIfAbsent(group, name) == null) {
      group
          .settings()
          .forEach(
              setting ->
                  inner(setting.kind())
                      .ifPresent(part -> collect(part, part.type().getSimpleName())));
    }
  }

  /** Collects groups whose settings are properties of Spring, and what precedes their names. */
  private void collectProperties(Group<?, ?> group, String at) {
    properties.put(group, at);
    for (Setting<?, ?, ?> setting : group.settings()) {
      String name = setting.name(Door.PROPERTY);
      if (setting.kind().type() == Kind.Type.OBJECT
          && setting.reasonWithout(Door.PROPERTY).isEmpty()
          && setting.kind().group().orElseThrow().type() != Upscaler.class) {
        collectProperties(
            setting.kind().group().orElseThrow(), name.isEmpty() ? at : at + name + "-");
      }
    }
  }

  private String property(Group<?, ?> group, Setting<?, ?, ?> setting) {
    @Nullable String at = properties.get(group);
    boolean isGroup = properties.containsKey(setting.kind().group().orElse(null));
    if (at == null || isGroup) {
      return "";
    }
    return setting
        .reasonWithout(Door.PROPERTY)
        .orElse("`sdlora." + at + setting.name(Door.PROPERTY) + "`");
  }

  private static String key(Setting<?, ?, ?> setting) {
    return setting.reasonWithout(Door.INFOTEXT).isPresent() ? "" : setting.name(Door.INFOTEXT);
  }

  private static Optional<Group<?, ?>> inner(Kind<?> kind) {
    return kind.element().isPresent() ? inner(kind.element().get()) : kind.group();
  }

  private String page() {
    collect(Settings.SPEC, "PromptSpec");
    Set<String> fields = JsonNamesTest.names();
    collectProperties(Settings.SPEC, "");
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Settings

        All settings of a request, from the table that every program here reads: `PromptSpec` and \
        its parts in Java, options of `sd generate` and `sd grid`, fields of requests in JSON, properties of Spring Boot, \
        and keys in the text of images. \
        Names in Java are those of getters and of setters on builders. What an option or a field \
        sets together with others, such as `--control`, is in its help. Most options with one value \
        are axes of a grid too: `sd grid --x cfg-rescale=0,0.7`. Fields without an argument of their \
        own are in `settings` of the tools for language models.

        `SettingsPageTest` writes this page: `mvn test -pl :sd-cli -am -Dtest=SettingsPageTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true`.
        """);
    groups.forEach((group, name) -> append(group, page, "\n## ", option -> true, fields::contains));
    return page.toString();
  }

  /** Returns the end of the page about trainings. */
  private String trainingRows() {
    collect(TrainingSettings.TRAINING, "Training");
    Set<String> options =
        OPTION
            .matcher(CommandRun.of("train", "--help-all").out().replace("[no-]", ""))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toSet());
    StringBuilder rows = new StringBuilder(TRAINING_TITLE);
    rows.append(
        """

        `LoraTrainerBuilder.set` takes these names, and so do setters and records in Java. Options \
        are those of `sd train`, fields those of `POST /api/trainings`, where a setting with \
        settings of its own is an object. Defaults are those of the builder; `sd train` and the \
        server start from what suits the model.

        `SettingsPageTest` writes this section: `mvn test -pl :sd-cli -am -Dtest=SettingsPageTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true`.
        """);
    groups.forEach(
        (group, name) -> append(group, rows, "\n### ", options::contains, field -> true));
    return rows.toString();
  }

  private <O, B> void append(
      Group<O, B> group,
      StringBuilder page,
      String title,
      Predicate<String> options,
      Predicate<String> fields) {
    page.append(title).append(groups.get(group)).append("\n\n");
    boolean ofRequests = !properties.isEmpty();
    String more = ofRequests ? " Spring | in images |" : "";
    page.append("| setting | meaning | values | default | command line | JSON |" + more + "\n");
    page.append("|---|---|---|---|---|---|" + (ofRequests ? "---|---|" : "") + "\n");
    for (Setting<O, B, ?> setting : group.settings()) {
      page.append(
          "| `%s` | %s | %s | %s | %s | %s |".formatted(cells(group, setting, options, fields)));
      if (ofRequests) {
        page.append(" %s | %s |".formatted(property(group, setting), key(setting)));
      }
      page.append("\n");
    }
  }

  private <O, B> Object[] cells(
      Group<O, B> group,
      Setting<O, B, ?> setting,
      Predicate<String> options,
      Predicate<String> fields) {
    String values = String.join(" or ", setting.neededValues());
    String needs =
        setting
            .needs()
            .map(other -> " Needs `%s` %s".formatted(other, values).stripTrailing() + ".")
            .orElse("");
    return new Object[] {
      setting.name(),
      escaped(setting.meaning()) + needs,
      values(setting.kind()),
      setting.isRequired() ? "required" : escaped(usual(group, setting)),
      name(setting, Door.COMMAND_LINE, options),
      name(setting, Door.JSON, fields)
    };
  }

  private static String name(Setting<?, ?, ?> setting, Door door, Predicate<String> names) {
    String name = setting.name(door);
    return setting.reasonWithout(door).orElseGet(() -> names.test(name) ? "`" + name + "`" : "");
  }

  private static <O, B> String usual(Group<O, B> group, Setting<O, B, ?> setting) {
    Optional<Group<?, ?>> inner = inner(setting.kind());
    if (inner.isPresent() && setting.unset().isEmpty()) {
      return "";
    }
    Optional<String> value = group.defaultText(setting);
    return setting
        .unset()
        .map(words -> value.map(other -> words + ", else " + other).orElse(words))
        .orElse(value.orElse("none"));
  }

  private String values(Kind<?> kind) {
    return switch (kind.type()) {
      case NUMBER, WHOLE_NUMBER -> range(kind);
      case FLAG -> "true, false";
      case CHOICE ->
          kind.choices().size() <= MOST_CHOICES
              ? escaped(String.join(", ", kind.choices()))
              : "a name";
      case TEXT -> "text";
      case IMAGE -> "image";
      case FILE -> "file or folder";
      case LORA -> "LoRA";
      case LIST -> "list: " + values(kind.element().orElseThrow());
      case MAP -> "by name: " + values(kind.element().orElseThrow());
      case OBJECT -> {
        String name = Objects.requireNonNull(groups.get(kind.group().orElseThrow()));
        yield "[%s](#%s)".formatted(name, name.toLowerCase(Locale.ROOT));
      }
    };
  }

  private static String range(Kind<?> kind) {
    String what = kind.type() == Kind.Type.NUMBER ? "number" : "whole number";
    boolean bounded = kind.most() < Integer.MAX_VALUE;
    if (kind.least() <= Integer.MIN_VALUE) {
      return what;
    }
    if (kind.most() == Kind.BELOW_1) {
      return what + (kind.least() > 0 ? " above 0" : " from 0") + ", below 1";
    }
    if (kind.least() == Double.MIN_VALUE) {
      return what + " above 0" + (bounded ? ", at most " + Decimals.text(kind.most()) : "");
    }
    String least = Decimals.text(kind.least());
    return what + (bounded ? " " + least + " to " + Decimals.text(kind.most()) : " from " + least);
  }

  private static String escaped(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;").replace("__", "\\_\\_");
  }

  @Test
  void page_isThatOfTheRows() throws IOException {
    String page = page();
    if (Boolean.getBoolean("api.update")) {
      Files.writeString(PAGE, page);
    }
    assertThat(Files.readString(PAGE))
        .as("%s, which -Dapi.update=true rewrites", PAGE.toAbsolutePath())
        .isEqualTo(page);
  }

  @Test
  void trainingPage_endsWithTheRows() throws IOException {
    String rows = trainingRows();
    String page = Files.readString(TRAINING_PAGE);
    int end = page.indexOf(TRAINING_TITLE);
    if (Boolean.getBoolean("api.update")) {
      Files.writeString(TRAINING_PAGE, page.substring(0, end < 0 ? page.length() : end) + rows);
      return;
    }
    assertThat(page.substring(end))
        .as("the end of %s, which -Dapi.update=true rewrites", TRAINING_PAGE.toAbsolutePath())
        .isEqualTo(rows);
  }
}
