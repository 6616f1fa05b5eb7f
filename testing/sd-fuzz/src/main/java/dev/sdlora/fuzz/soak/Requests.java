package dev.sdlora.fuzz.soak;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Sampler;
import java.util.List;
import java.util.SplittableRandom;

/** Random requests, most of them valid. Equal random numbers give equal requests. */
final class Requests {
  private static final int STEP = 8;
  private static final int SMALLEST = 64;
  private static final int MOST_SIDE_STEPS = 9;

  /** All samplers except the one that chooses its own number of steps. */
  private static final List<Sampler> SAMPLERS =
      List.of(Sampler.values()).stream().filter(each -> each != Sampler.DPM_ADAPTIVE).toList();

  private static final List<String> WORDS =
      List.of("a cat", "(red:1.3)", "[blue:green:0.5]", "[a|b]", "emb0", "emb1", "AND a dog :0.7");

  private static final List<String> STRENGTHS =
      List.of("1", "0.5", "-0.7", "0@0,1@1", "1:0.2", "1:lbw=OUTALL", "1:dyn=1", "0");

  /** Invalid tags, and tags of LoRAs that do not exist. */
  private static final List<String> MISTAKES =
      List.of("<lora:nobody:1>", "<lora:lora0:strong>", "<lora:lora1:1:lbw=NOWHERE>", "<lora::1>");

  private Requests() {}

  /**
   * Creates a request.
   *
   * @param random the random numbers
   * @param loras the number of LoRAs; their names end in numbers from 0
   */
  static PromptSpec next(SplittableRandom random, int loras) {
    PromptSpec.Builder builder =
        PromptSpec.builder()
            .prompt(prompt(random, loras))
            .negativePrompt(random.nextBoolean() ? "" : "ugly")
            .size(side(random), side(random))
            .steps(1 + random.nextInt(5))
            .sampler(any(random, SAMPLERS))
            .cfgScale(random.nextInt(4) == 0 ? 1 : 7)
            .seed(random.nextInt(1000))
            .images(1 + random.nextInt(2))
            .clipSkip(1 + random.nextInt(2))
            .lenient(random.nextInt(4) == 0);
    if (random.nextInt(4) > 0) {
      builder.loraMode(any(random, List.of(LoraMode.values())));
    }
    switch (random.nextInt(8)) {
      case 0 -> builder.hiresFix(HiresFix.builder().scale(1.5).build());
      case 1 -> builder.imageToImage(start(random));
      default -> {}
    }
    return builder.build();
  }

  /** Creates an input image. */
  static ImageToImage start(SplittableRandom random) {
    return ImageToImage.builder(image(random)).build();
  }

  private static String prompt(SplittableRandom random, int loras) {
    StringBuilder prompt = new StringBuilder("a picture");
    for (int i = random.nextInt(4); i > 0; i--) {
      prompt.append(", ").append(any(random, WORDS));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      prompt.append(" <lora:lora%s:%s>".formatted(random.nextInt(loras), any(random, STRENGTHS)));
    }
    if (random.nextInt(10) == 0) {
      prompt.append(any(random, MISTAKES));
    }
    return prompt.toString();
  }

  private static int side(SplittableRandom random) {
    return SMALLEST + STEP * random.nextInt(MOST_SIDE_STEPS);
  }

  private static Image image(SplittableRandom random) {
    byte[] rgb = new byte[3 * SMALLEST * SMALLEST];
    random.nextBytes(rgb);
    return Image.of(SMALLEST, SMALLEST, rgb);
  }

  private static <T> T any(SplittableRandom random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
