package dev.sdlora.families.transformer;

import dev.sdlora.tensors.torch.Program;
import java.util.List;

/**
 * What training needs to record the program of a transformer.
 *
 * @param parts the functions that gradients can pass through
 * @param own the resources of training, from functions to the network
 * @param heads attention heads
 * @param doubles blocks in which text and image have weights of their own
 * @param others blocks in which they share weights
 * @param axes channels of a head that turn with each axis of a token's place
 * @param theta the base of the rotary positions' wavelengths
 * @param fuses whether trained layers are those of the authors' code, which has queries, keys and
 *     values of double blocks in one
 */
public record RecordedProgram(
    List<Program.Source> parts,
    List<String> own,
    int heads,
    int doubles,
    int others,
    List<Integer> axes,
    double theta,
    boolean fuses) {
  /** Copies the lists. */
  public RecordedProgram {
    parts = List.copyOf(parts);
    own = List.copyOf(own);
    axes = List.copyOf(axes);
  }
}
