package dev.sdlora.api.setting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.PromptSettings;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.setting.RandomSettings.Names;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SettingsTest {
  /** Getters whose values are settings of another name, or computed from settings. */
  private static final Map<String, Set<String>> WITHOUT_ROW =
      Map.of(
          "ControlUnit", Set.of("start", "end", "name"),
          "ImagePrompt", Set.of("start", "end", "name"),
          "DetailPass", Set.of("leastShare", "mostShare", "offsetX", "offsetY"),
          "LoraStrength", Set.of("inHires", "changesInHires", "tagArguments"),
          "Preprocessor", Set.of("label"),
          "Upscaler", Set.of("isLatent"),
          "PromptSpec", Set.of("notInMetadata"));

  @Property(tries = 200)
  void anySpec_writtenAndRead_isEqual(@ForAll long seed) {
    Names names = new Names();
    PromptSpec spec =
        Settings.SPEC.read(
            new RandomSettings(seed).object(Settings.SPEC, names).orElseThrow(), names);

    Map<String, Object> plain = Settings.SPEC.write(spec, names);

    assertThat(Settings.SPEC.read(plain, names)).isEqualTo(spec);
  }

  @Test
  void randomSpecs_haveEverySetting() {
    Set<String> seen = new TreeSet<>();
    for (int seed = 0; seed < 300; seed++) {
      Names names = new Names();
      PromptSpec spec =
          Settings.SPEC.read(
              new RandomSettings(seed).object(Settings.SPEC, names).orElseThrow(), names);
      collect("", Settings.SPEC.write(spec, names), seen);
    }

    assertThat(seen).containsAll(names("", Settings.SPEC));
  }

  private static void collect(String path, Object plain, Set<String> seen) {
    if (plain instanceof Map<?, ?> map) {
      map.forEach(
          (name, value) -> {
            String at = path + "." + (name.toString().startsWith("name ") ? "*" : name);
            seen.add(at);
            collect(at, value, seen);
          });
    } else if (plain instanceof List<?> list) {
      list.forEach(one -> collect(path, one, seen));
    }
  }

  private static Set<String> names(String path, Group<?, ?> group) {
    Set<String> names = new LinkedHashSet<>();
    for (Setting<?, ?, ?> setting : group.settings()) {
      String at = path + "." + setting.name();
      names.add(at);
      Kind<?> kind = setting.kind();
      while (kind.element().isPresent()) {
        at += kind.type() == Kind.Type.MAP ? ".*" : "";
        kind = kind.element().orElseThrow();
      }
      if (kind.group().isPresent()) {
        names.addAll(names(at, kind.group().orElseThrow()));
      }
    }
    return names;
  }

  static Stream<Group<?, ?>> groups() {
    Set<Group<?, ?>> groups = new LinkedHashSet<>();
    addGroups(Settings.SPEC, groups);
    return groups.stream();
  }

  private static void addGroups(Group<?, ?> group, Set<Group<?, ?>> groups) {
    if (groups.add(group)) {
      for (Setting<?, ?, ?> setting : group.settings()) {
        Kind<?> kind = setting.kind();
        while (kind.element().isPresent()) {
          kind = kind.element().orElseThrow();
        }
        kind.group().ifPresent(inner -> addGroups(inner, groups));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("groups")
  void eachGetter_hasARow(Group<?, ?> group) {
    if (group.type() == LoraAdapter.class) {
      return; // Its other getters describe the file.
    }
    Class<?> type = group.type() == PromptSpec.class ? PromptSettings.class : group.type();
    Set<String> without = WITHOUT_ROW.getOrDefault(group.type().getSimpleName(), Set.of());
    Set<String> getters =
        Arrays.stream(type.getDeclaredMethods())
            .filter(method -> Modifier.isPublic(method.getModifiers()))
            .filter(method -> !Modifier.isStatic(method.getModifiers()))
            .filter(method -> method.getParameterCount() == 0)
            .map(Method::getName)
            .filter(name -> !Set.of("toString", "hashCode", "toBuilder").contains(name))
            .filter(name -> !name.startsWith("with"))
            .filter(name -> !without.contains(name))
            .collect(Collectors.toSet());

    assertThat(group.settings().stream().map(Setting::name)).containsAll(getters);
  }

  @ParameterizedTest
  @MethodSource("groups")
  void eachRow_isASentence_andHasAUniqueName(Group<?, ?> group) {
    assertThat(group.settings().stream().map(Setting::name)).doesNotHaveDuplicates();
    assertThat(group.settings())
        .allSatisfy(setting -> assertThat(setting.meaning()).matches("[A-Z].*\\."));
  }

  @Test
  void names_followTheRuleOfTheirDoor() {
    assertThat(Settings.SAMPLER.setting("sTmin").name(Door.COMMAND_LINE)).isEqualTo("--s-tmin");
    assertThat(Settings.SAMPLER.setting("skipLayerScale").name(Door.JSON))
        .isEqualTo("skip_layer_scale");
    assertThat(Settings.SAMPLER.setting("skipUncondBelowSigma").name(Door.COMMAND_LINE))
        .isEqualTo("--ngms");
  }

  @Test
  void needs_nameSettingsOfTheirGroup() {
    groups()
        .forEach(
            group ->
                assertThat(group.settings())
                    .allSatisfy(setting -> setting.needs().ifPresent(group::setting)));
  }

  @Property(tries = 200)
  void anyValue_formattedAndParsed_isEqual(@ForAll long seed) {
    Names names = new Names();
    PromptSpec spec =
        Settings.SPEC.read(
            new RandomSettings(seed).object(Settings.SPEC, names).orElseThrow(), names);

    Settings.SAMPLER.settings().forEach(setting -> assertFormatted(setting, spec.samplerOptions()));
    Settings.SPEED.settings().stream()
        .filter(setting -> setting.kind().group().isEmpty())
        .forEach(setting -> assertFormatted(setting, spec.speedOptions()));
  }

  private static <O, T> void assertFormatted(Setting<O, ?, T> setting, O value) {
    setting
        .get(value)
        .ifPresent(
            one -> assertThat(setting.kind().parse(setting.kind().format(one))).isEqualTo(one));
  }

  @Test
  void defaults_writeNothing() {
    assertThat(Settings.SPEC.write(PromptSpec.builder().build(), new Names())).isEmpty();
  }

  @Test
  void unknownName_isRefused_withTheNearest() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(Map.of("samplerOptions", Map.of("skipLayersScale", 2))))
        .withMessage(
            "samplerOptions: setting 'skipLayersScale' is unknown; did you mean 'skipLayerScale'"
                + " or 'skipLayerStart' or 'skipLayers'?");
  }

  @Test
  void wrongType_isRefused_withThePath() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(Map.of("hiresFix", Map.of("scale", "twice"))))
        .withMessage("hiresFix.scale must be a number: 'twice'");
  }

  @Test
  void valueOutOfRange_isRefused_withItsNameHere() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(Map.of("hiresFix", Map.of("scale", 9))))
        .withMessage("hiresFix.scale must be from 1 to 8: 9.0");
  }

  @Test
  void placesInListsAndMaps_areNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(Map.of("detailPasses", List.of(Map.of("most", 2)))))
        .withMessage("detailPasses[0].detector must be set");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(Map.of("masks", Map.of("sky", Map.of("image", 1)))))
        .withMessage("masks['sky'].image must be an image: 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> read(Map.of("samplerOptions", Map.of("skipLayers", List.of(7, "8")))))
        .withMessage("samplerOptions.skipLayers[1] must be a whole number: '8'");
  }

  private static PromptSpec read(Map<String, Object> plain) {
    return Settings.SPEC.read(plain, new Names());
  }
}
