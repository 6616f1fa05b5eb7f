package dev.sdlora.prompt.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.error.PromptSyntaxException;
import dev.sdlora.api.lora.LoraStrength;
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
    assertThat(LoraTag.of(network(tag)))
        .contains(new LoraTag("x", LoraStrength.of(textEncoder, unet), Optional.empty(), 2));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          "<lora:x:1:0.5:4>",                  1, 0.5,       ALL,  4
          "<lora:x:dyn= 16 :0.7>",             0.7, 0.7,     ALL,  16
          "<lora:x:1:1:4:dyn=2>",              1, 1,         ALL,  2
          "<lora:x:1@0,0.5@0.5,0@0.8>",        1, "1@0,0.5@0.5,0@0.8", ALL,
          "<lora:x:0.3@0.5;1@1>",              0.3, "0.3@0.5,1@1", ALL,
          "<lora:x:te=0.2:unet=0@0,1@1>",      0.2, "0@0,1@1", ALL,
          "<lora:x:1@sigma5,0.2@sigma0.8>",    1, "1@sigma5,0.2@sigma0.8", ALL,
          "<lora:x:1:lbw=OUTALL>",             1, 1,         OUTALL,
          "<lora:x:lbw=1,1,1,1,1,1,1,1,0,0,0,0,0,0,0,0,.5:2>", 2, 2, "1,1,1,1,1,1,1,1,0,0,0,0,0,0,0,0,0.5",
          """,
      quoteCharacter = '"')
  void of_furtherArguments_readsThem(
      String tag, double textEncoder, String unet, String blocks, Integer rank) {
    LoraStrength strength = LoraTag.of(network(tag)).orElseThrow().strength();

    assertThat(strength.textEncoder()).isEqualTo(textEncoder);
    assertThat(strength.unet()).hasToString(unet);
    assertThat(strength.blocks()).hasToString(blocks);
    assertThat(strength.rankLimit().isPresent() ? strength.rankLimit().getAsInt() : null)
        .isEqualTo(rank);
    // The printed form of a strength is parsed to the same strength.
    assertThat(LoraTag.of(network("<lora:x:" + strength.tagArguments() + ">")))
        .contains(new LoraTag("x", strength, Optional.empty(), 2));
  }

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          "<lora:x:0.5:hr=0.8>",             0.5:hr=0.8,             0.8, 0.8
          "<lora:x:0:hr= 0.8 >",             0:hr=0.8,               0.8, 0.8
          "<lora:x:1:hrunet=0>",             1:hrte=1:hrunet=0,      1,   0
          "<lora:x:1:hrte=0>",               1:hrte=0:hrunet=1,      0,   1
          "<lora:x:1:hr=0.3:hrte=0.1>",      1:hrte=0.1:hrunet=0.3,  0.1, 0.3
          "<lora:x:0@0,1@1:hr=1@0,0@1>",     "0:0@0,1@1:hrte=1:hrunet=1@0,0@1", 1, "1@0,0@1"
          "<lora:x:1:hr=1@sigma2,0@sigma1:dyn=2>", "1:dyn=2:hrte=1:hrunet=1@sigma2,0@sigma1", 1, "1@sigma2,0@sigma1"
          """,
      quoteCharacter = '"')
  void of_hiresWeights_areThoseOfTheSecondPass(
      String tag, String arguments, double textEncoder, String unet) {
    LoraStrength strength = LoraTag.of(network(tag)).orElseThrow().strength();

    assertThat(strength.tagArguments()).isEqualTo(arguments);
    assertThat(strength.inHires().textEncoder()).isEqualTo(textEncoder);
    assertThat(strength.inHires().unet()).hasToString(unet);
    assertThat(strength.inHires().changesInHires()).isFalse();
    assertThat(LoraTag.of(network("<lora:x:" + strength.tagArguments() + ">")))
        .contains(new LoraTag("x", strength, Optional.empty(), 2));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<lora:x:0.8:mask=my face>", "<lora: mask = my face :x:0.8>"})
  void of_mask_isNamed(String tag) {
    assertThat(LoraTag.of(network(tag)))
        .contains(new LoraTag("x", LoraStrength.of(0.8), Optional.of("my face"), 2));
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
          <lora:x:weight=1>,    "has the unknown argument 'weight'; known arguments are te, unet, dyn, lbw, hr, hrte, hrunet and mask"
          <lora:a=b>,           "has the unknown argument 'a'; known arguments are te, unet, dyn, lbw, hr, hrte, hrunet and mask"
          <lora:x:1:1:1:1>,     "has 5 arguments, but at most 4 are allowed"
          <lora:x:dyn=4.5>,     "has the rank '4.5', which is not a positive whole number"
          <lora:x:1:1:0>,       "has the rank '0', which is not a positive whole number"
          <lora:x:1@2>,         "has the weight '1@2', but the place of a strength must be from 0, the first step, to 1, the last: 2.0"
          <lora:x:unet=1@0;2>,  "has the weight '1@0;2', but '2' is not a strength and its place such as 0.5@0.8"
          "<lora:x:1@1,0@0>",   "has the weight '1@1,0@0', but places of a strength schedule must not go backwards: 1.0, 0.0"
          "<lora:x:1@sigma1,0@sigma2>", "has the weight '1@sigma1,0@sigma2', but noise levels of a strength schedule must not rise: 1.0, 2.0"
          "<lora:x:1@sigma1,0@1>", "has the weight '1@sigma1,0@1', but places of a strength schedule must all be steps or all noise levels: 1@sigma1, 0@1"
          <lora:x:1@sigma0>,    "has the weight '1@sigma0', but the noise level of a strength must be above 0 and finite: 0.0"
          <lora:x:1@sigmax>,    "has the weight '1@sigmax', but 'x' is not a number such as 0.8"
          <lora:x:hr=strong>,   "has the weight 'strong', which is not a number such as 0.8"
          "<lora:x:1:0,0,1>",   "has the weight '0,0,1', which is not a number such as 0.8; block weights are written lbw=0,0,1"
          <lora:x:lbw=INX>,     "cannot be used: block weight preset 'INX' is unknown; known values: NONE, ALL, INS, IND, INALL, MIDD, OUTD, OUTS, OUTALL, ALL0.5, DOUBLE, SINGLE, REFINERS, LAYERS and single blocks such as IN05, MID, OUT03, D02, S10 or L07; did you mean 'IND' or 'INS'?"
          "<lora:x:lbw=1,0>",   "cannot be used: block weights must be 17 or 26 values for SD 1.x and 2.x, 12 or 20 for SDXL, 26 or 33 for FLUX.2 klein, 35 for Z-Image, 58 for FLUX.1 and Chroma, 25 or 39 for SD 3.x, not 2"
          "<lora:x:lbw=1,R>",   "cannot be used: 'R' is not a number such as 0.8"
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
