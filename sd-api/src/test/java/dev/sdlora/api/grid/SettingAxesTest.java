package dev.sdlora.api.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.setting.Kind;
import dev.sdlora.api.setting.SettingAxes;
import dev.sdlora.api.setting.SettingPath;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that each setting with an option of one value is an axis. */
class SettingAxesTest {
  private static final Image IMAGE = Image.of(64, 64, new byte[3 * 64 * 64]);

  /** Requests of which one has the object of each setting. */
  private static final List<PromptSpec> REQUESTS =
      List.of(
          PromptSpec.builder().seed(1).hiresFix(HiresFix.builder().build()).build(),
          PromptSpec.builder()
              .refinerSwitch(0.5)
              .upscaling(Upscaler.LANCZOS, 2)
              .imageToImage(
                  ImageToImage.builder(IMAGE).inpainting(Inpainting.builder(IMAGE).build()).build())
              .build(),
          PromptSpec.builder()
              .imageToImage(
                  ImageToImage.builder(IMAGE).outpainting(Outpainting.of(8, 8, 8, 8)).build())
              .build());

  static Set<String> names() {
    return SettingAxes.all().keySet();
  }

  @ParameterizedTest
  @MethodSource("names")
  void axis_withAnotherValue_setsIt(String name) {
    varies(name, Objects.requireNonNull(SettingAxes.all().get(name)));
  }

  private static <T> void varies(String name, SettingPath<T> path) {
    Kind<T> kind = path.setting().kind();
    String text = other(kind, path.usual());
    Axis axis = Axis.parse(name + "=\"" + text + "\"");
    Optional<T> set =
        REQUESTS.stream()
            .map(request -> applied(axis, request))
            .flatMap(Optional::stream)
            .flatMap(request -> path.get(request).stream())
            .findFirst();
    assertThat(set).contains(kind.parse(text));
    assertThat(axis.labels()).containsExactly(kind.format(kind.parse(text)));
  }

  private static Optional<PromptSpec> applied(Axis axis, PromptSpec request) {
    PromptSpec.Builder spec = request.toBuilder();
    try {
      axis.apply(0, spec);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageMatching("axis '.*': the request (has no|needs an?) \\w+");
      return Optional.empty();
    }
    return Optional.of(spec.build());
  }

  private static <T> String other(Kind<T> kind, Optional<T> usual) {
    String before = usual.map(kind::format).orElse("");
    return switch (kind.type()) {
      case NUMBER -> kind.most() <= 1 ? "0.125" : "1.5";
      case WHOLE_NUMBER -> before.equals("2") ? "4" : "2";
      case FLAG -> before.equals("true") ? "false" : "true";
      case CHOICE -> kind.choices().get(before.equals(kind.choices().get(0)) ? 1 : 0);
      case LIST -> "7,8";
      default -> readable(kind, "1024x768") ? "1024x768" : "a cat";
    };
  }

  private static boolean readable(Kind<?> kind, String text) {
    try {
      kind.parse(text);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  @Test
  void axes_areMostSettings_inAnySpelling() {
    assertThat(names()).hasSizeGreaterThan(60).contains("cfg-rescale", "shift", "hires-steps");
    assertThat(names()).doesNotContain("seed", "steps", "images", "guidance-range");
    assertThat(Axis.parse("cfgRescale=0-1 [3]").name()).isEqualTo("cfg-rescale");
    assertThat(Axis.parse("cfg_rescale=0-1 [3]").labels()).containsExactly("0", "0.5", "1");
    assertThat(Axis.parse("vae-tiling=on,off").labels()).containsExactly("on", "off");
  }

  @Test
  void axis_wrong_isToldInOneSentence() {
    assertThatThrownBy(() -> Axis.parse("cfg-rescal=1"))
        .hasMessageEndingWith(
            "denoising, and other settings such as cfg-rescale; did you mean 'cfg-rescale'?");
    assertThatThrownBy(() -> Axis.parse("vae-tiling=of"))
        .hasMessage(
            "axis 'vae-tiling': its values must be one of auto, on, off: 'of'; did you mean 'off' or 'on'?");
    assertThatThrownBy(() -> Axis.parse("cfg-rescale=2").apply(0, PromptSpec.builder()))
        .hasMessage("axis 'cfg-rescale': its values must be from 0 to 1: 2.0");
    assertThatThrownBy(() -> Axis.parse("hires-steps=2").apply(0, PromptSpec.builder()))
        .hasMessage("axis 'hires-steps': the request has no HiresFix");
  }
}
