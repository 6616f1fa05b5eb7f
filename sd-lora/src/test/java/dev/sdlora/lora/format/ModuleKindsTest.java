package dev.sdlora.lora.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.tensors.file.SafetensorsWriter;
import dev.sdlora.tensors.number.DType;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The detection of kinds from the tensors of a module, with shapes as LyCORIS and PEFT write them.
 */
class ModuleKindsTest {
  private static final List<Long> LINEAR = List.of(48L, 40L);
  private static final List<Long> CONV = List.of(24L, 20L, 3L, 3L);
  private static final List<Long> NORM = List.of(48L);

  @TempDir Path folder;

  /** A file with one module; tensors are written as {@code ending 48 4, ending 4 40}. */
  private LoraFile open(String tensors) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (String tensor : tensors.split(", ", -1)) {
      List<String> words = List.of(tensor.split(" ", -1));
      List<Long> shape = words.stream().skip(1).map(Long::valueOf).toList();
      int elements = Math.toIntExact(shape.stream().reduce(1L, Math::multiplyExact));
      writer.tensor("x." + words.get(0), shape, new float[elements], DType.F16);
    }
    Path path = folder.resolve("some.safetensors");
    writer.write(path);
    return LoraFile.open(path);
  }

  static Stream<Arguments> kinds() {
    return Stream.of(
        kind("lora_up.weight 48 4, lora_down.weight 4 40, alpha", Kind.LORA, 4, LINEAR),
        kind("lora_up.weight 24 4 1 1, lora_down.weight 4 20 3 3", Kind.LORA, 4, CONV),
        kind(
            "lora_up.weight 24 4 1 1, lora_down.weight 4 20 1 1, lora_mid.weight 4 4 3 3",
            Kind.LORA,
            4,
            CONV),
        kind("dora_scale 48 1, lora_up.weight 48 4, lora_down.weight 4 40", Kind.LORA, 4, LINEAR),
        kind("dora_scale 1 40, lora_up.weight 48 4, lora_down.weight 4 40", Kind.LORA, 4, LINEAR),
        kind(
            "lora_A.weight 4 40, lora_B.weight 48 4, lora_magnitude_vector 48",
            Kind.LORA,
            4,
            LINEAR),
        kind(
            "hada_w1_a 48 4, hada_w1_b 4 40, hada_w2_a 48 4, hada_w2_b 4 40", Kind.LOHA, 4, LINEAR),
        kind(
            "hada_w1_a 24 4, hada_w1_b 4 180, hada_w2_a 24 4, hada_w2_b 4 180", Kind.LOHA, 4, CONV),
        kind(
            "hada_w1_a 4 24, hada_w1_b 4 20, hada_w2_a 4 24, hada_w2_b 4 20,"
                + " hada_t1 4 4 3 3, hada_t2 4 4 3 3",
            Kind.LOHA,
            4,
            CONV),
        kind("lokr_w1 4 4, lokr_w2_a 12 3, lokr_w2_b 3 10, alpha", Kind.LOKR, 3, LINEAR),
        kind("lokr_w1_a 6 2, lokr_w1_b 2 5, lokr_w2_a 8 2, lokr_w2_b 2 8", Kind.LOKR, 2, LINEAR),
        kind("lokr_w1 6 5, lokr_w2 8 8", Kind.LOKR, 1, LINEAR),
        kind("lokr_w1 4 4, lokr_w2_a 6 2, lokr_w2_b 2 45", Kind.LOKR, 2, CONV),
        kind("lokr_w1 4 4, lokr_w2_a 2 6, lokr_w2_b 2 5, lokr_t2 2 2 3 3", Kind.LOKR, 2, CONV),
        kind("lokr_w1 4 4, lokr_w2 6 5 3 3", Kind.LOKR, 1, CONV),
        kind("weight 48, on_input", Kind.IA3, 1, LINEAR),
        kind("weight 1 20 1 1, on_input", Kind.IA3, 1, CONV),
        kind(
            "a1.weight 40 4, a2.weight 4 40, b1.weight 48 4, b2.weight 4 40",
            Kind.GLORA,
            4,
            LINEAR),
        kind(
            "a1.weight 4 40, a2.weight 40 4, b1.weight 4 40, b2.weight 48 4",
            Kind.GLORA,
            4,
            LINEAR),
        kind(
            "a1.weight 20 4 1 1, a2.weight 4 20 1 1, b1.weight 24 4 1 1, b2.weight 4 20 3 3",
            Kind.GLORA,
            4,
            CONV),
        kind("oft_blocks 12 4 4, alpha, rescale 48 1", Kind.OFT, 1, LINEAR),
        kind("oft_blocks 4 8 6 6, alpha", Kind.BOFT, 1, LINEAR),
        kind("oft_diag 12 4 4", Kind.OLD_OFT, 1, LINEAR),
        kind("diff 48 40, diff_b 48", Kind.FULL, 1, LINEAR),
        kind("diff 24 20 3 3", Kind.FULL, 1, CONV),
        kind("diff_b 48", Kind.FULL, 1, LINEAR),
        kind("w_norm 48, b_norm 48", Kind.NORM, 1, NORM));
  }

  private static Arguments kind(String tensors, Kind kind, int rank, List<Long> shape) {
    return arguments(tensors, kind, rank, shape);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void open_tensorsOfAKind_tellKindRankAndExtent(
      String tensors, Kind kind, int rank, List<Long> shape) {
    LoraFile file = open(tensors);
    LoraModule module = file.modules().get(0);
    assertThat(file.modules()).hasSize(1);
    assertThat(file.strays()).isEmpty();
    assertThat(module.kind()).isEqualTo(kind);
    assertThat(module.rank()).isEqualTo(rank);
    assertThat(module.parts()).hasSize(tensors.split(", ", -1).length);
    assertThat(module.extent().fits(shape)).as(module.extent().toString()).isTrue();
    assertThat(module.extent().fits(List.of(7L, 9L))).isFalse();
    assertThat(module.changesBias())
        .isEqualTo(tensors.contains("diff_b") || tensors.contains("b_norm"));
  }

  @ParameterizedTest
  @CsvSource({"LINEAR, 48, 2", "CONV, 24, 4"})
  void open_magnitudesOfPeft_areAColumn(String layer, long out, int dimensions) {
    LoraModule module =
        open(layer.equals("LINEAR")
                ? "lora_A.weight 4 40, lora_B.weight 48 4, lora_magnitude_vector 48"
                : "lora_A.weight 4 20 3 3, lora_B.weight 24 4 1 1,"
                    + " lora_magnitude_vector.weight 1 24 1 1")
            .modules()
            .get(0);
    assertThat(module.part(Part.DORA_SCALE).shape())
        .hasSize(dimensions)
        .startsWith(out, 1L)
        .satisfies(shape -> assertThat(shape.stream().skip(1)).allMatch(side -> side == 1));
  }

  @Test
  void open_differenceBesideALora_isAModuleOfItsOwn() {
    LoraFile file = open("lora_up.weight 48 4, lora_down.weight 4 40, alpha, diff_b 48");
    assertThat(file.modules())
        .extracting(LoraModule::kind)
        .containsExactlyInAnyOrder(Kind.LORA, Kind.FULL);
    LoraModule difference =
        file.modules().stream().filter(m -> m.kind() == Kind.FULL).findFirst().orElseThrow();
    assertThat(difference.changesBias()).isTrue();
    assertThat(difference.changesWeight()).isFalse();
    assertThat(difference.key()).isEqualTo("x");
    assertThat(difference.parts()).containsOnlyKeys(Part.DIFF_B);
    assertThat(file.strays()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "lora_up.weight 48 4, lora_down.weight 3 40 | lora_down [3, 40], lora_up [48, 4]",
        "lora_up.weight 48 4 3 3, lora_down.weight 4 40 | [rank, in] and [out, rank]",
        "lora_up.weight 24 4, lora_down.weight 4 20 1 1, lora_mid.weight 4 5 3 3 | [4, 5, 3, 3]",
        "lora_up.weight 4, lora_down.weight 4 20 | do not fit together",
        "lora_mid.weight 4 4 3 3 | no tensor 'x.lora_down.weight'",
        "hada_w1_a 48 4, hada_w1_b 4 40, hada_w2_a 48 4 | no tensor 'x.hada_w2_b'",
        "hada_w1_a 48 4, hada_w1_b 4 40, hada_w2_a 48 4, hada_w2_b 4 41 | (LoHa) do not fit",
        "hada_w1_a 48 4, hada_w1_b 4 40, hada_w2_a 47 4, hada_w2_b 4 40 | (LoHa) do not fit",
        "hada_w1_a 4 24, hada_w1_b 4 20, hada_w2_a 4 24, hada_w2_b 4 20, hada_t1 4 4 3 3"
            + " | no tensor 'x.hada_t2'",
        "lokr_w1 4 4, lokr_w2_a 12 3 | no tensor 'x.lokr_w2_b'",
        "lokr_w1 4 4, lokr_w2_a 12 3, lokr_w2_b 4 10 | (LoKr) do not fit",
        "on_input, alpha | no tensor 'x.weight'",
        "a1.weight 40 4, a2.weight 4 40, b1.weight 48 4 | no tensor 'x.b2.weight'",
        "a1.weight 40 4, a2.weight 4 40, b1.weight 48 4, b2.weight 4 39 | (GLoRA) do not fit",
        "oft_blocks 12 4 5 | square blocks",
        "oft_blocks 48 40 | square blocks",
        "oft_blocks 12 4 4, rescale 47 1 | a number for each row",
        "lora_up.weight 48 4, lora_down.weight 4 40, dora_scale 47 1 | a number for each row",
        "lora_up.weight 48 4, lora_down.weight 4 40, hada_w1_a 1 1 | mixes LoRA and LoHa",
        "lora_up.weight 48 4, lora_down.weight 4 40, lora_A.weight 4 40 | are the same part of 'x'",
        "lora_up.weight 48 0, lora_down.weight 0 40 | is empty",
        "lora_up.weight 48 4, lora_down.weight 4 40, alpha 2 | expected a single number"
      })
  void open_partsThatDoNotFit_areRefused(String tensors, String reason) {
    assertThatThrownBy(() -> open(tensors))
        .isInstanceOf(LoraException.class)
        .hasMessageContaining("some.safetensors")
        .hasMessageContaining(reason);
  }

  @Test
  void open_integers_areRefused() {
    Path path = folder.resolve("int8.safetensors");
    Map<String, List<Long>> tensors = new LinkedHashMap<>();
    tensors.put("x.lora_down.weight", List.of(1L, 2L));
    tensors.put("x.lora_up.weight", List.of(2L, 1L));
    SafetensorsWriter writer = new SafetensorsWriter();
    tensors.forEach(
        (name, shape) ->
            writer.tensor(
                name,
                DType.I8,
                shape,
                channel -> channel.write(java.nio.ByteBuffer.wrap(new byte[2]))));
    writer.write(path);
    assertThatThrownBy(() -> LoraFile.open(path))
        .hasMessageContaining("has dtype int8, expected floats");
  }

  @Test
  void parts_allOfThem_haveDifferentEndings() {
    assertThat(Arrays.stream(Part.values()).map(Part::ending)).doesNotHaveDuplicates();
  }
}
