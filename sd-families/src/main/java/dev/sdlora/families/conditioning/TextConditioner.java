package dev.sdlora.families.conditioning;

import ai.djl.ndarray.NDManager;
import dev.sdlora.prompt.schedule.PromptSteps;

/** Turns the prompts of a pass into the conditions that a denoiser reads. */
public interface TextConditioner {
  /**
   * Returns the conditions of a pass.
   *
   * @param prompt without extra-network tags
   * @param negative also without tags; {@code AND} is a plain word in it
   * @param pass the number of steps, for prompts that change between them
   * @param scope a manager for temporary arrays
   * @throws dev.sdlora.api.error.PromptSyntaxException if the prompts exceed the limits
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint's vocabulary lacks a token
   */
  Conditions conditions(String prompt, String negative, PromptSteps pass, NDManager scope);

  /**
   * Returns the condition of a text that is the same in all steps, and in which {@code AND} is a
   * plain word.
   *
   * @param scope a manager for temporary arrays
   * @throws dev.sdlora.api.error.CheckpointException if the checkpoint's vocabulary lacks a token
   */
  Conditioning constant(String text, NDManager scope);
}
