package dev.sdlora.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.cli.option.ImageOptions;
import dev.sdlora.request.KnownFields;
import dev.sdlora.request.Overrides;
import dev.sdlora.request.json.Fields;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;

/** Tests that each option that describes an image has a name in JSON too. */
class JsonNamesTest {
  /** Options that are no setting of a request, or a part of one, and their fields. */
  private static final Map<String, String> OTHER_FIELDS =
      Map.of("--from-png", "infotext", "--ip-adapter", "alwayson_scripts");

  /** Options without a name in JSON, with the reason, in addition to those of the rows. */
  private static final Map<String, String> EXCEPTIONS =
      Map.of(
          "--get", "a request downloads nothing",
          "--lora-curve", "a tag in the prompt has a curve: <lora:ink:1@0,0.2@0.5>",
          "--wildcard-dir", "a request names no folders of the server");

  /** The rows of settings that have an option. */
  private static final Set<Setting<?, ?, ?>> ROWS = rows(Settings.SPEC);

  private static Set<Setting<?, ?, ?>> rows(Group<?, ?> group) {
    Set<Setting<?, ?, ?>> rows = new LinkedHashSet<>();
    for (Setting<?, ?, ?> row : group.settings()) {
      if (row.reasonWithout(Door.COMMAND_LINE).isEmpty()) {
        rows.add(row);
      }
      Kind<?> kind = row.kind();
      while (kind.element().isPresent()) {
        kind = kind.element().get();
      }
      kind.group().ifPresent(inner -> rows.addAll(rows(inner)));
    }
    return rows;
  }

  private static boolean hasReason(String option) {
    return EXCEPTIONS.containsKey(option)
        || ROWS.stream()
            .filter(row -> row.name(Door.COMMAND_LINE).equals(option))
            .anyMatch(row -> row.reasonWithout(Door.JSON).isPresent());
  }

  private static Set<String> options() {
    return CommandSpec.forAnnotatedObject(new ImageOptions()).options().stream()
        .map(option -> option.longestName())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  static Set<String> names() {
    return Stream.concat(
            KnownFields.acting().stream(), Fields.of(Overrides.NONE.toJson()).names().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Stream<String> fields(String option) {
    if (option.startsWith("--detail")) {
      return Stream.of("detailPasses");
    }
    Stream<String> ofRows =
        ROWS.stream()
            .filter(row -> row.name(Door.COMMAND_LINE).equals(option))
            .map(row -> row.name(Door.JSON));
    String own = option.substring(2).replace('-', '_');
    return Stream.concat(ofRows, Stream.of(OTHER_FIELDS.getOrDefault(option, own)));
  }

  @Test
  void option_ofTheImage_hasANameInJson() {
    Set<String> names = names();
    List<String> without =
        options().stream()
            .filter(option -> !hasReason(option) && fields(option).noneMatch(names::contains))
            .toList();
    assertThat(without).isEmpty();
  }

  @Test
  void listedOptions_exist_andNeedTheirEntry() {
    assertThat(options()).containsAll(OTHER_FIELDS.keySet()).containsAll(EXCEPTIONS.keySet());
    assertThat(names())
        .doesNotContainAnyElementsOf(
            options().stream()
                .filter(JsonNamesTest::hasReason)
                .map(option -> option.substring(2).replace('-', '_'))
                .toList());
  }
}
