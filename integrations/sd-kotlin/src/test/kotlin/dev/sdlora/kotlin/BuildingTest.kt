package dev.sdlora.kotlin

import dev.sdlora.api.LoraAdapter
import dev.sdlora.api.PromptOptions
import dev.sdlora.api.PromptSpec
import dev.sdlora.api.image.DetailPass
import dev.sdlora.api.image.HiresFix
import dev.sdlora.api.image.Image
import dev.sdlora.api.image.ImageToImage
import dev.sdlora.api.image.Inpainting
import dev.sdlora.api.sampling.SamplerOptions
import dev.sdlora.api.sampling.SpeedOptions
import dev.sdlora.demo.model.DemoModel
import org.assertj.core.api.Assertions.assertThat
import org.assertj.core.api.Assertions.assertThatIllegalArgumentException
import org.junit.jupiter.api.Test

/** Builder blocks set the same options as builders. */
class BuildingTest {
  private val grey = Image.of(64, 64, ByteArray(3 * 64 * 64) { 99 })

  @Test
  fun promptSpec_asBlocks_isThatOfTheBuilders() {
    val file = DemoModel.loras().resolve("night.safetensors")
    val blocks =
        promptSpec("a star") {
          negativePrompt("green")
          seed(42)
          lora(file, 0.5)
          imageToImage(grey) {
            denoisingStrength(0.4)
            inpainting(grey) { maskBlur(0) }
          }
          detailPass("face") { denoisingStrength(0.3) }
          detailPass("hand")
          promptOptions { withT5Tokens(256).withNegativeLoras(false) }
          samplerOptions { eta(0.5) }
          speedOptions { tokenMergingRatio(0.5) }
        }
    val builders =
        PromptSpec.builder()
            .prompt("a star")
            .negativePrompt("green")
            .seed(42)
            .lora(LoraAdapter.open(file).withStrength(0.5))
            .imageToImage(
                ImageToImage.builder(grey)
                    .denoisingStrength(0.4)
                    .inpainting(Inpainting.builder(grey).maskBlur(0).build())
                    .build())
            .detailPass(DetailPass.builder("face").denoisingStrength(0.3).build())
            .detailPass(DetailPass.builder("hand").build())
            .promptOptions(PromptOptions.DEFAULTS.withT5Tokens(256).withNegativeLoras(false))
            .samplerOptions(SamplerOptions.builder().eta(0.5).build())
            .speedOptions(SpeedOptions.builder().tokenMergingRatio(0.5).build())
            .build()
    assertThat(blocks).isEqualTo(builders)
  }

  @Test
  fun copy_changesTheCopyAlone() {
    val spec = promptSpec("a star")
    val larger = spec.copy { hiresFix { scale(1.5) } }
    assertThat(larger.hiresFix()).hasValue(HiresFix.builder().scale(1.5).build())
    assertThat(spec).isEqualTo(PromptSpec.builder().prompt("a star").build())
  }

  @Test
  fun promptSpec_outOfRange_throwsTheLibrarysSentence() {
    assertThatIllegalArgumentException()
        .isThrownBy { promptSpec("a star") { steps(0) } }
        .withMessageContaining("steps must be")
  }
}
