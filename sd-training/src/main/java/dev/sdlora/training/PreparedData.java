package dev.sdlora.training;

import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.value.Sha256;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.data.ImageEncoder;
import dev.sdlora.training.data.ImageInput;
import dev.sdlora.training.data.SeededRandom;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/**
 * The data that is computed once before a training run.
 *
 * @param examples latents with their captions
 * @param captions tokens if text encoders are trained, otherwise their states
 * @param digest a hash of all pixels and captions
 */
record PreparedData(List<Example> examples, Captions captions, String digest) {

  /** Returns the data without some images, whose captions stay. */
  PreparedData without(List<Integer> indices) {
    List<Example> others =
        IntStream.range(0, examples.size())
            .filter(i -> !indices.contains(i))
            .mapToObj(examples::get)
            .toList();
    return new PreparedData(others, captions, digest);
  }

  /** Encodes images and captions; can be cancelled between two images. */
  static PreparedData of(Settings settings, BooleanSupplier cancelled) {
    if (settings.slider().isPresent()) {
      return settings.slider().get().prepared(settings);
    }
    List<TrainingExample> set = settings.set().examples();
    List<String> texts = set.stream().map(TrainingExample::caption).toList();
    // Captions first, because encoding images takes long and a caption may have a token that the
    // checkpoint lacks.
    Captions captions =
        settings
            .family()
            .captions(texts, settings.adapter().textEncoder(), settings.recipe().clipSkip());
    MessageDigest digest = Sha256.digest();
    List<Example> examples = new ArrayList<>();
    try (ImageEncoder encoder = settings.family().imageEncoder()) {
      for (int i = 0; i < set.size() && !cancelled.getAsBoolean(); i++) {
        examples.add(encode(encoder, set.get(i), i, settings, digest));
      }
    }
    return new PreparedData(examples, captions, HexFormat.of().formatHex(digest.digest()));
  }

  private static Example encode(
      ImageEncoder encoder,
      TrainingExample example,
      int position,
      Settings settings,
      MessageDigest digest) {
    Recipe recipe = settings.recipe();
    ImageInput.Fitted fitted = ImageInput.fit(example.image().get(), recipe.size());
    float[] pixels = fitted.values();
    ByteBuffer bytes = ByteBuffer.allocate(pixels.length * Float.BYTES + Double.BYTES);
    bytes.asFloatBuffer().put(pixels);
    bytes.putDouble(pixels.length * Float.BYTES, example.strength());
    digest.update(bytes);
    // The zero byte separates captions, so that moving text from one to the next changes the
    // digest.
    digest.update((example.caption() + "\0").getBytes(StandardCharsets.UTF_8));
    if (settings.checkpoint().family() == ModelFamily.SDXL) {
      digest.update(fitted.sizes().toString().getBytes(StandardCharsets.UTF_8));
    }
    long seed = SeededRandom.of(recipe.seed(), "latent", position).nextLong();
    float[] latent = encoder.encode(pixels, recipe.size(), seed);
    return new Example(
        latent,
        recipe.size().height() / settings.family().sizeMultiple(),
        example.caption(),
        example.strength(),
        fitted.sizes());
  }
}
