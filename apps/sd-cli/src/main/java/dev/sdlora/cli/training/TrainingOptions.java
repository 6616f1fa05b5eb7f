package dev.sdlora.cli.training;

import dev.sdlora.api.Pipeline;
import dev.sdlora.cli.console.Console;
import dev.sdlora.training.LoraTrainerBuilder;
import dev.sdlora.training.option.SliderPrompts;
import picocli.CommandLine.Mixin;

/** All settings of a training but its files. */
public final class TrainingOptions {
  @Mixin private final CourseOptions course = new CourseOptions();
  @Mixin private final ImageOptions images = new ImageOptions();
  @Mixin private final AdapterChoice adapter = new AdapterChoice();
  @Mixin private final OptimiserChoice optimiser = new OptimiserChoice();
  @Mixin private final LossChoice loss = new LossChoice();
  @Mixin private final ComputationChoice computation = new ComputationChoice();
  @Mixin private final SliderChoice slider = new SliderChoice();

  /** Applies the given options; settings of other options stay unchanged. */
  public void applyTo(LoraTrainerBuilder trainer, Console console) {
    course.applyTo(trainer);
    if (slider.isWanted()) {
      images.requireNone(console);
    } else {
      images.applyTo(trainer, console);
    }
    adapter.applyTo(trainer, console);
    optimiser.applyTo(trainer, console);
    loss.applyTo(trainer, console);
    computation.applyTo(trainer);
    slider.requireTarget(console);
  }

  /** Applies the device to the pipeline that draws samples. */
  public void applyTo(Pipeline.Builder pipeline) {
    computation.applyTo(pipeline);
  }

  /** Whether a slider of prompts is trained, which needs no images. */
  public boolean isSlider() {
    return slider.isWanted();
  }

  /** The prompts of the slider. */
  public SliderPrompts prompts(Console console) {
    return slider.prompts(console);
  }

  /** The target of the slider; empty if none is trained. */
  public String target() {
    return slider.target();
  }

  /** Whether images are generated for prior preservation. */
  public boolean generatesClassImages() {
    return images.generatesClassImages();
  }
}
