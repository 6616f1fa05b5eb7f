package dev.sdlora.api.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AxisTest {

  private static List<String> labels(String axis) {
    return Axis.parse(axis).labels();
  }

  private static List<PromptSpec> specs(String axis, PromptSpec from) {
    Axis parsed = Axis.parse(axis);
    return IntStream.range(0, parsed.labels().size())
        .mapToObj(
            index -> {
              PromptSpec.Builder builder = from.toBuilder();
              parsed.apply(index, builder);
              return builder.build();
            })
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed=1, 2,7 | 1 2 7",
        "seed=-3 | -3",
        "steps=1-5 | 1 2 3 4 5",
        "steps=1-5 (+2) | 1 3 5",
        "steps=10-5 (-3) | 10 7",
        "steps=3-1 | 3 2 1",
        "cfg=1-3 (+0.5) | 1 1.5 2 2.5 3",
        "steps=1-10 [5] | 1 3 5 7 10",
        "cfg=0.0-1.0 [6] | 0 0.2 0.4 0.6 0.8 1",
        "cfg=7,1-2 | 7 1 2",
        "lora:ink=-1-1 [3] | -1 0 1"
      })
  void parse_numbers_asInA1111(String axis, String values) {
    assertThat(labels(axis)).containsExactly(values.split(" "));
  }

  @Test
  void parse_names_areThoseOfTheSettings() {
    assertThat(labels("sampler=Euler a, ddim")).containsExactly("Euler a", "DDIM");
    assertThat(labels("schedule=karras,normal")).containsExactly("Karras", "Normal");
    assertThat(labels("size=64x64,128x64")).containsExactly("64x64", "128x64");
    assertThat(labels("prompt=\"red, old\",blue")).containsExactly("red, old", "blue");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed",
        "colour=1",
        "seed=",
        "seed=x",
        "seed=1.5",
        "steps=1-5 (-1)",
        "steps=1-5 (0)",
        "cfg=0-1 (+0.00001)",
        "sampler=Best",
        "prompt=\"a\" b"
      })
  void parse_nonsense_isRefused(String axis) {
    assertThatThrownBy(() -> Axis.parse(axis)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void loraStrengths_replaceThoseOfTheTag_andKeepItsOtherArguments() {
    PromptSpec tagged =
        PromptSpec.builder().prompt("a cat <lora:ink:0.3:unet=0.2:lbw=MIDD>, old").build();
    assertThat(specs("lora:ink=0.5", tagged))
        .extracting(PromptSpec::prompt)
        .containsExactly("a cat <lora:ink:0.5:lbw=MIDD>, old");
    assertThat(specs("lora:pen=0,1", tagged))
        .extracting(PromptSpec::prompt)
        .containsExactly(tagged.prompt() + " <lora:pen:0>", tagged.prompt() + " <lora:pen:1>");
  }

  @Test
  void promptTexts_replaceTheFirst() {
    PromptSpec spec = PromptSpec.builder().prompt("a red cat").negativePrompt("red dog").build();
    assertThat(specs("prompt=red,blue", spec))
        .extracting(PromptSpec::prompt)
        .containsExactly("a red cat", "a blue cat");
    assertThat(specs("prompt=red,blue", spec).get(1).negativePrompt()).isEqualTo("blue dog");
    assertThatThrownBy(() -> specs("prompt=green,blue", spec))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'green'");
  }

  @Test
  void denoisingStrengths_withoutAPicture_areRefused() {
    assertThatThrownBy(() -> specs("denoising=0.5", PromptSpec.builder().build()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hires fix");
  }
}
