package dev.sdlora.training;

import dev.sdlora.api.value.Sha256;
import dev.sdlora.training.data.Captions;
import dev.sdlora.training.data.Example;
import dev.sdlora.training.data.HeldOut;
import dev.sdlora.training.data.Placement;
import dev.sdlora.training.recipe.Recipe;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.BooleanSupplier;

/**
 * The data that is computed once before a training run.
 *
 * @param examples latents with their captions: the images of the training set, then those for prior
 *     preservation
 * @param captions all captions as they are written: tokens if text encoders are trained, otherwise
 *     their states
 * @param digest a hash of all pixels, masks, captions and repeats
 */
record PreparedData(List<Example> examples, Captions captions, String digest) {

  /** Returns the data without some images, whose captions stay. */
  PreparedData without(List<Integer> indices) {
    return new PreparedData(HeldOut.without(indices, examples), captions, digest);
  }

  /**
   * Checks and encodes images and captions; can be cancelled between two images.
   *
   * @throws TrainingException if images are damaged or too small; it lists them
   */
  static PreparedData of(Settings settings, BooleanSupplier cancelled) {
    if (settings.slider().isPresent()) {
      return settings.slider().get().prepared(settings);
    }
    Recipe recipe = settings.recipe();
    List<TrainingExample> all = new ArrayList<>(settings.set().examples());
    int own = all.size();
    all.addAll(settings.prior().examples(settings, cancelled));
    boolean masks = recipe.inputs().unmaskedWeight().isPresent();
    List<Placement> placements = ImageChecks.whole(all, recipe.imageBuckets(), masks, cancelled);
    List<String> texts = all.stream().map(TrainingExample::caption).toList();
    // Captions first, because encoding images takes long and a caption may have a token that the
    // checkpoint lacks.
    Captions captions =
        settings
            .family()
            .captions(texts, settings.adapter().textEncoder(), recipe.clipSkip(), settings.cache());
    boolean sizes = settings.family().readsSizes();
    MessageDigest digest = Sha256.digest();
    List<Example> examples = new ArrayList<>();
    try (ExampleEncoder encoder = new ExampleEncoder(settings)) {
      for (int i = 0; i < all.size() && !cancelled.getAsBoolean(); i++) {
        OptionalDouble priorWeight =
            i < own ? OptionalDouble.empty() : OptionalDouble.of(recipe.inputs().priorWeight());
        ExampleEncoder.Input input = encoder.read(all.get(i), placements.get(i));
        digest(digest, all.get(i), input, sizes);
        examples.add(
            encoder.encode(
                all.get(i), placements.get(i), input, priorWeight, i < own ? i : i - own));
      }
    }
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(own).flip());
    return new PreparedData(examples, captions, HexFormat.of().formatHex(digest.digest()));
  }

  /** Adds an image to a digest. */
  private static void digest(
      MessageDigest digest, TrainingExample example, ExampleEncoder.Input input, boolean sizes) {
    for (float[] values : List.of(input.fitted().values(), input.mask())) {
      ByteBuffer bytes = ByteBuffer.allocate((values.length + 1) * Float.BYTES);
      bytes.putInt(values.length);
      bytes.asFloatBuffer().put(values);
      digest.update(bytes.array());
    }
    ByteBuffer numbers = ByteBuffer.allocate(Double.BYTES + Integer.BYTES);
    digest.update(numbers.putDouble(example.strength()).putInt(example.repeats()).flip());
    // The zero byte separates captions, so that moving text from one to the next changes the
    // digest.
    digest.update((example.caption() + "\0").getBytes(StandardCharsets.UTF_8));
    if (sizes) {
      digest.update(input.fitted().sizes().toString().getBytes(StandardCharsets.UTF_8));
    }
  }
}
