package dev.sdlora.training;

import dev.sdlora.api.image.ImageSize;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The course of a training run, known before it starts; see {@link LoraTrainer#plan}. Immutable.
 *
 * @param images the number of different images to train on; 0 for a slider of prompts
 * @param imagesPerEpoch the same with repeated images counted as often as they are used in an epoch
 * @param heldOut the number of images that are held out for validation
 * @param classImages the number of images of prior preservation
 * @param buckets the sizes at which images are trained, largest number first
 * @param steps the number of steps
 * @param imagesPerStep the number of images in each step, with accumulated batches
 * @param epochs how many times each image is used
 * @param memory the estimated peak of the memory of the training in bytes, without samples
 * @param duration the estimated duration of all steps, from a short measurement of this machine's
 *     speed; the true one is usually between half and twice as long
 * @param files the files that will be written, existing ones of the same names replaced
 * @param warnings what probably is not as intended, in one sentence each
 */
public record TrainingPlan(
    int images,
    int imagesPerEpoch,
    int heldOut,
    int classImages,
    List<Bucket> buckets,
    int steps,
    int imagesPerStep,
    double epochs,
    long memory,
    Duration duration,
    List<Path> files,
    List<String> warnings) {

  /**
   * Images that are trained at one size.
   *
   * @param size the size in pixels
   * @param images the number of images, repeated ones counted once
   */
  public record Bucket(ImageSize size, int images) {}

  /** Copies the lists. */
  public TrainingPlan {
    buckets = List.copyOf(buckets);
    files = List.copyOf(files);
    warnings = List.copyOf(warnings);
  }

  /**
   * {@return the plan without its warnings as readable texts by their names, such as {@code images}
   * and {@code 12, 1 held out}}
   */
  public Map<String, String> texts() {
    return PlanText.of(this);
  }
}
