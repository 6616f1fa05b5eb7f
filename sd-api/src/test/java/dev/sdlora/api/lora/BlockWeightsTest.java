package dev.sdlora.api.lora;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.model.ModelFamily;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlockWeightsTest {
  private static final String[] ATTENTION =
      "BASE IN01 IN02 IN04 IN05 IN07 IN08 MID OUT03 OUT04 OUT05 OUT06 OUT07 OUT08 OUT09 OUT10 OUT11"
          .split(" ");
  private static final String[] ATTENTION_XL =
      "BASE IN04 IN05 IN07 IN08 MID OUT00 OUT01 OUT02 OUT03 OUT04 OUT05".split(" ");

  @TempDir Path folder;

  private static double[] counting(int values) {
    return IntStream.rangeClosed(1, values).mapToDouble(i -> i).toArray();
  }

  @Test
  void weight_seventeenValues_areTheBlocksWithAttention() {
    BlockWeights weights = BlockWeights.of(counting(17));
    for (int i = 0; i < 17; i++) {
      assertThat(weights.weight(ATTENTION[i], ModelFamily.SD1)).isEqualTo(i + 1);
    }
    assertThat(weights.weight("IN00", ModelFamily.SD1)).isZero();
    assertThat(weights.weight("OUT02", ModelFamily.SD1)).isZero();
    assertThat(weights.fits(ModelFamily.SD1) && weights.fits(ModelFamily.SD2)).isTrue();
    assertThat(weights.fits(ModelFamily.SDXL)).isFalse();
  }

  @Test
  void weight_twentySixValues_areAllBlocks() {
    BlockWeights weights = BlockWeights.of(counting(26));
    assertThat(weights.weight("BASE", ModelFamily.SD1)).isEqualTo(1);
    assertThat(weights.weight("IN00", ModelFamily.SD1)).isEqualTo(2);
    assertThat(weights.weight("IN11", ModelFamily.SD1)).isEqualTo(13);
    assertThat(weights.weight("MID", ModelFamily.SD1)).isEqualTo(14);
    assertThat(weights.weight("OUT00", ModelFamily.SD1)).isEqualTo(15);
    assertThat(weights.weight("OUT11", ModelFamily.SD1)).isEqualTo(26);
  }

  @Test
  void weight_valuesForSdxl_areItsBlocks() {
    BlockWeights attention = BlockWeights.of(counting(12));
    for (int i = 0; i < 12; i++) {
      assertThat(attention.weight(ATTENTION_XL[i], ModelFamily.SDXL)).isEqualTo(i + 1);
    }
    BlockWeights all = BlockWeights.of(counting(20));
    assertThat(all.weight("IN08", ModelFamily.SDXL)).isEqualTo(10);
    assertThat(all.weight("MID", ModelFamily.SDXL)).isEqualTo(11);
    assertThat(all.weight("OUT08", ModelFamily.SDXL)).isEqualTo(20);
    assertThat(all.fits(ModelFamily.SDXL) && attention.fits(ModelFamily.SDXL)).isTrue();
    assertThat(all.fits(ModelFamily.SD1) || attention.fits(ModelFamily.SD2)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "NONE,   00000000000000000",
    "ALL,    11111111111111111",
    "INS,    11110000000000000",
    "IND,    10001110000000000",
    "INALL,  11111110000000000",
    "MIDD,   10001111111100000",
    "OUTD,   10000000111100000",
    "OUTS,   10000000000011111",
    "OUTALL, 10000000111111111",
    "OUT05,  00000000001000000",
    "BASE,   10000000000000000",
  })
  void preset_sd_isTheExtensionsList(String name, String expected) {
    assertThat(row(name, ATTENTION, ModelFamily.SD1)).isEqualTo(expected);
    assertThat(row(name, ATTENTION, ModelFamily.SD2)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "INS,    111000000000",
    "IND,    100110000000",
    "INALL,  111110000000",
    "MIDD,   100111111000",
    "OUTD,   100000111000",
    "OUTS,   100000000111",
    "OUTALL, 100000111111",
  })
  void preset_sdxl_isTheLikeOnItsBlocks(String name, String expected) {
    assertThat(row(name, ATTENTION_XL, ModelFamily.SDXL)).isEqualTo(expected);
  }

  private static String row(String preset, String[] blocks, ModelFamily family) {
    BlockWeights weights = BlockWeights.preset(preset);
    return Arrays.stream(blocks)
        .map(block -> String.format(Locale.ROOT, "%.0f", weights.weight(block, family)))
        .collect(Collectors.joining());
  }

  @ParameterizedTest
  @CsvSource({
    "FLUX2, 26, BASE D00 D04 S00 S19, 1 2 6 7 26",
    "FLUX2, 33, BASE D07 S00 S23, 1 9 10 33",
    "Z_IMAGE, 35, BASE N00 N01 C00 C01 L00 L29, 1 2 3 4 5 6 35"
  })
  void weight_transformer_isThatOfItsPlaceInTheList(
      ModelFamily family, int size, String blocks, String expected) {
    BlockWeights weights = BlockWeights.of(counting(size));
    assertThat(weights.fits(family)).isTrue();
    assertThat(
            Arrays.stream(blocks.split(" ", -1))
                .map(block -> String.format(Locale.ROOT, "%.0f", weights.weight(block, family)))
                .collect(Collectors.joining(" ")))
        .isEqualTo(expected);
    assertThat(weights.weight("IN05", family)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "DOUBLE,   FLUX2,   110",
    "SINGLE,   FLUX2,   101",
    "D01,      FLUX2,   010",
    "NONE,     FLUX2,   000",
    "ALL,      Z_IMAGE, 111",
    "LAYERS,   Z_IMAGE, 100",
    "REFINERS, Z_IMAGE, 100"
  })
  void preset_transformer_isOneOnItsBlocks(String name, ModelFamily family, String expected) {
    assertThat(row(name, new String[] {"BASE", "D01", "S01"}, family)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "INALL,    SD1 SD2 SDXL SDXL_REFINER UNKNOWN",
    "IN05,     SD1 SD2 SDXL SDXL_REFINER UNKNOWN",
    "DOUBLE,   FLUX2 FLUX1 CHROMA SD3",
    "S03,      FLUX2 FLUX1 CHROMA",
    "REFINERS, Z_IMAGE",
    "L29,      Z_IMAGE"
  })
  void fits_preset_theFamiliesWithItsBlocks(String name, String families) {
    BlockWeights weights = BlockWeights.preset(name);
    assertThat(
            Arrays.stream(ModelFamily.values())
                .filter(weights::fits)
                .map(ModelFamily::name)
                .collect(Collectors.joining(" ")))
        .isEqualTo(families);
  }

  @Test
  void fits_presetForAll_everyFamily() {
    for (String name : new String[] {"NONE", "ALL", "ALL0.5", "BASE"}) {
      assertThat(ModelFamily.values()).allMatch(BlockWeights.preset(name)::fits);
    }
  }

  @Test
  void preset_all_meansEveryBlock() {
    assertThat(BlockWeights.ALL.weight("IN00", ModelFamily.SD1)).isEqualTo(1);
    assertThat(BlockWeights.preset("ALL0.5").weight("OUT00", ModelFamily.SD1)).isEqualTo(0.5);
  }

  @Test
  void parse_written_isTheSameAgain() {
    for (BlockWeights weights :
        Stream.of(BlockWeights.ALL, BlockWeights.preset("MIDD"), BlockWeights.of(counting(17)))
            .toList()) {
      assertThat(BlockWeights.parse(weights.toString())).isEqualTo(weights);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "all", "IN12", "1", "1,1", "1,2,x,4,5,6,7,8,9,10,11,12"})
  void parse_nonsense_isRefused(String text) {
    assertThatThrownBy(() -> BlockWeights.parse(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void preset_m00_isTheMiddle() {
    BlockWeights middle = BlockWeights.parse("M00");
    assertThat(middle).isEqualTo(BlockWeights.preset("MID")).hasToString("MID");
    assertThat(middle.weight("MID", ModelFamily.SDXL)).isEqualTo(1);
  }

  @Test
  void readPresets_fileOfTheExtension_hasThoseForModelsThatAreKnown() throws IOException {
    Path file = folder.resolve("lbwpresets.txt");
    Files.writeString(
        file,
        """
        # mine
        FACE:1,0,0,0,0,1,1,1,0,0,0,0

        STYLE: 1, 0.5,0,0,0,0,0,0,0,0,0,0,0,0,0,0,-.25
        FLUXALL:%s
        FACE:0,0,0,0,0,1,1,1,0,0,0,0\r
        """
            .formatted("1,".repeat(60) + 1));
    Map<String, BlockWeights> presets = BlockWeights.readPresets(file);
    assertThat(presets).containsOnlyKeys("FACE", "STYLE");
    assertThat(presets.get("FACE")).hasToString("0,0,0,0,0,1,1,1,0,0,0,0");
    assertThat(presets.get("STYLE")).hasToString("1,0.5,0,0,0,0,0,0,0,0,0,0,0,0,0,0,-0.25");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "ALL:1,1,1,R,1,1,1,1,1,1,1,1 | line 2: 'R' is not a number such as 0.8",
        "1,1,1 | line 2: expected NAME:values, found '1,1,1'",
        ":1,1,1 | line 2: expected NAME:values, found ':1,1,1'"
      })
  void readPresets_badLine_isNamed(String line, String reason) throws IOException {
    Path file = folder.resolve("lbwpresets.txt");
    Files.writeString(file, "\n" + line + "\n");
    assertThatThrownBy(() -> BlockWeights.readPresets(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("block weight presets '" + file + "', " + reason);
  }

  @Test
  void readPresets_missingFile_isAnErrorWithItsName() {
    assertThatThrownBy(() -> BlockWeights.readPresets(folder.resolve("none.txt")))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none.txt");
  }

  @Test
  void of_notFinite_isRefused() {
    double[] values = counting(17);
    values[4] = Double.NaN;
    assertThatThrownBy(() -> BlockWeights.of(values))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("block weight must be finite: NaN");
  }
}
