package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.api.value.Decimals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Tests that {@code docs/settings.md} lists the rows of all settings. */
class SettingsPageTest {
  private static final Path PAGE = Path.of("../../docs/settings.md");
  private static final int MOST_CHOICES = 12;

  private final Map<Group<?, ?>, String> groups = new LinkedHashMap<>();
  private final Set<String> fields = JsonNamesTest.names();

  /** Collects groups in the order in which settings name them. */
  private void collect(Group<?, ?> group) {
    if (groups.putIfAbsent(group, group.type().getSimpleName()) == null) {
      group.settings().forEach(setting -> inner(setting.kind()).ifPresent(this::collect));
    }
  }

  private static Optional<Group<?, ?>> inner(Kind<?> kind) {
    return kind.element().isPresent() ? inner(kind.element().get()) : kind.group();
  }

  private String page() {
    collect(Settings.SPEC);
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Settings

        All settings of a request, from the table that every program here reads: `PromptSpec` and \
        its parts in Java, options of `sd generate` and `sd grid`, fields of requests in JSON. \
        Names in Java are those of getters and of setters on builders. What an option or a field \
        sets together with others, such as `--control`, is in its help. Most options with one value \
        are axes of a grid too: `sd grid --x cfg-rescale=0,0.7`. Fields without an argument of their \
        own are in `settings` of the tools for language models.

        `SettingsPageTest` writes this page: `mvn test -pl :sd-cli -am -Dtest=SettingsPageTest \
        -Dsurefire.failIfNoSpecifiedTests=false -Dapi.update=true`.
        """);
    groups.forEach((group, name) -> append(group, page));
    return page.toString();
  }

  private <O, B> void append(Group<O, B> group, StringBuilder page) {
    page.append("\n## ").append(groups.get(group)).append("\n\n");
    page.append("| setting | meaning | values | default | command line | JSON |\n");
    page.append("|---|---|---|---|---|---|\n");
    for (Setting<O, B, ?> setting : group.settings()) {
      page.append("| `%s` | %s | %s | %s | %s | %s |\n".formatted(cells(group, setting)));
    }
  }

  private <O, B> Object[] cells(Group<O, B> group, Setting<O, B, ?> setting) {
    String needs = setting.needs().map(other -> " Needs `%s`.".formatted(other)).orElse("");
    String option =
        setting.reasonWithout(Door.COMMAND_LINE).isPresent()
            ? setting.reasonWithout(Door.COMMAND_LINE).get()
            : "`" + setting.name(Door.COMMAND_LINE) + "`";
    String field = setting.name(Door.JSON);
    return new Object[] {
      setting.name(),
      escaped(setting.meaning()) + needs,
      values(setting.kind()),
      setting.isRequired() ? "required" : escaped(usual(group, setting)),
      option,
      fields.contains(field) ? "`" + field + "`" : ""
    };
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
    if (kind.least() == Double.MIN_VALUE) {
      return what + " above 0, at most " + Decimals.text(kind.most());
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
}
