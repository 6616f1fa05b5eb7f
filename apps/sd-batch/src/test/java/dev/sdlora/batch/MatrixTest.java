package dev.sdlora.batch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sdlora.api.setting.Door;
import dev.sdlora.api.setting.Group;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.Setting;
import dev.sdlora.api.setting.Settings;
import dev.sdlora.request.json.Fields;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Lists of values make all combinations, and different spellings of a request are equal. */
final class MatrixTest {
  /** Settings of one value whose field in A1111 is a list. */
  private static final Set<String> A1111_LISTS = Set.of("init_images");

  @Provide
  Arbitrary<Map<String, Integer>> sizes() {
    return Arbitraries.maps(
            Arbitraries.of("seed", "steps", "cfg_scale", "prompt", "eta"),
            Arbitraries.integers().between(0, 4))
        .ofMaxSize(4);
  }

  /** Creates settings with lists of the given sizes; 0 means a value that is not a list. */
  private static ObjectNode settings(Map<String, Integer> sizes) {
    ObjectNode settings = Fields.object();
    sizes.forEach(
        (name, size) -> {
          if (size == 0) {
            settings.put(name, 7);
          } else {
            ArrayNode values = settings.putArray(name);
            for (int i = 0; i < size; i++) {
              values.add(i);
            }
          }
        });
    return settings;
  }

  @Property(tries = 200)
  void expand_makesEachCombinationOnce(@ForAll("sizes") Map<String, Integer> sizes) {
    List<ObjectNode> expanded = new Matrix(1000).expand(settings(sizes));
    int product =
        sizes.values().stream().mapToInt(size -> Math.max(1, size)).reduce(1, (a, b) -> a * b);
    assertThat(expanded).hasSize(product).doesNotHaveDuplicates();
    assertThat(expanded)
        .allSatisfy(
            one -> assertThat(one.properties()).noneMatch(field -> field.getValue().isArray()));
    assertThat(expanded).allSatisfy(one -> assertThat(one).hasSameSizeAs(sizes.keySet()));
  }

  @Property(tries = 200)
  void hash_dependsOnNeitherOrderNorSpelling(
      @ForAll("sizes") Map<String, Integer> sizes, @ForAll Random random) {
    ObjectNode settings = settings(sizes);
    List<String> names = new ArrayList<>(sizes.keySet());
    Collections.shuffle(names, random);
    ObjectNode shuffled = Fields.object();
    for (String name : names) {
      shuffled.set(name, settings.get(name));
    }
    shuffled.putNull("tiling");
    String spelled = Fields.text(shuffled).replace("7", "70e-1");
    assertThat(ids(spelled)).isEqualTo(ids(Fields.text(settings)));
  }

  private static Set<String> ids(String line) {
    Set<String> ids = new HashSet<>();
    ManifestTest.read(line).forEach(request -> ids.add(request.id()));
    return ids;
  }

  /** A list of a setting that takes lists is one value; a list of any other varies it. */
  @Test
  void expand_keepsTheListsOfSettings() {
    List<String> lists = new ArrayList<>();
    for (Group<?, ?> group :
        List.of(
            Settings.SPEC,
            Settings.PROMPT,
            Settings.SAMPLER,
            Settings.SPEED,
            Settings.SIZE_CONDITIONING,
            Settings.IMAGE_TO_IMAGE,
            Settings.INPAINTING,
            Settings.HIRES,
            Settings.DETAIL_PASS)) {
      for (Setting<?, ?, ?> row : group.settings()) {
        String name = row.name(Door.JSON);
        ObjectNode settings = Fields.object();
        settings.putArray(name).add(7).add(8);
        boolean isList = row.kind().type() == Kind.Type.LIST || A1111_LISTS.contains(name);
        assertThat(new Matrix(1000).expand(settings)).as(name).hasSize(isList ? 1 : 2);
        if (isList) {
          lists.add(name);
        }
      }
    }
    assertThat(lists)
        .contains("skip_layers", "reference_images", "detailPasses", "labels", "styles", "lora");
  }
}
