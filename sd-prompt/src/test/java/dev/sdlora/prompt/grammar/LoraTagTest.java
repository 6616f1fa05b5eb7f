package dev.sdlora.prompt.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSyntaxException;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoraTagTest {

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          <lora:x>,                       1,     1
          <lyco:x:0.5>,                   0.5,   0.5
          <lora:x:0.5:0.8>,               0.5,   0.8
          <lora:x:unet=0>,                1,     0
          <lora:x:te=0.3>,                0.3,   0.3
          <lora:x:0.5:te=0.3>,            0.3,   0.3
          <lora:x:0.5:0.8:te=0.3:unet=2>, 0.3,   2
          <lora:unet=0.9:x:te=.3>,        0.3,   0.9
          <lora: x : -0.8 : te = +3. >,   3,     3
          <lora:x:1e-1:-.5E+1>,           0.1,   -5
          <lora:\u3000x\u00a0:00.50\t>,   0.5,   0.5
          """)
  void of_wellFormedTag_readsNameAndStrengths(String tag, double textEncoder, double unet) {
    assertThat(LoraTag.of(network(tag))).contains(new LoraTag("x", textEncoder, unet, 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<hypernet:x:y>", "<LORA:x:1>", "<foo:a=b>"})
  void of_otherKind_isEmpty(String tag) {
    assertThat(LoraTag.of(network(tag))).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          <lora: >,             has no name; write <lora:name:weight>
          <lora:te=1>,          has no name; write <lora:name:weight>
          <lora: name: weight>, "has the weight 'weight', which is not a number such as 0.8"
          <lora:x:>,            "has the weight '', which is not a number such as 0.8"
          <lora:x:1:1.2.3>,     "has the weight '1.2.3', which is not a number such as 0.8"
          <lora:x:unet=NaN>,    "has the weight 'NaN', which is not a number such as 0.8"
          <lora:x:Infinity>,    "has the weight 'Infinity', which is not a number such as 0.8"
          <lora:x:1d>,          "has the weight '1d', which is not a number such as 0.8"
          <lora:x:0x1p3>,       "has the weight '0x1p3', which is not a number such as 0.8"
          <lora:x:te=1f>,       "has the weight '1f', which is not a number such as 0.8"
          <lora:x:\u0663>,      "has the weight '\u0663', which is not a number such as 0.8"
          <lora:x:a=b=c>,       "has the weight 'a=b=c', which is not a number such as 0.8"
          <lora:x:1e999>,       "has the weight '1e999', which is too large"
          <lora:x:weight=1>,    names an argument 'weight'; the known ones are te and unet
          <lora:a=b>,           names an argument 'a'; the known ones are te and unet
          <lora:x:1:1:1:1>,     "has 5 arguments, but at most 3 are known"
          <lora:x:1:1:8>,       "asks for rank truncation (dyn), which is not supported by this version"
          <lora:x:dyn=4>,       "asks for rank truncation (dyn), which is not supported by this version"
          """,
      quoteCharacter = '"')
  void of_malformedTag_saysWhatIsWrongAndWhere(String tag, String trouble) {
    ExtraNetwork network = network(tag);

    assertThatThrownBy(() -> LoraTag.of(network))
        .isInstanceOfSatisfying(
            PromptSyntaxException.class, error -> assertThat(error.offset()).isEqualTo(2))
        .hasMessage("the tag " + tag + " at character 2 " + trouble);
  }

  private static ExtraNetwork network(String tag) {
    return ExtraNetworks.cut("a " + tag).networks().get(0);
  }
}
