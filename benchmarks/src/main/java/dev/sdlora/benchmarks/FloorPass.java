package dev.sdlora.benchmarks;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.Torch;

/** The minimum cost of changing all weights: one pass that reads and writes every element. */
final class FloorPass {
  private final Torch torch;
  private final Program program;

  FloorPass(Torch torch) {
    this.torch = torch;
    this.program = Program.load(torch, FloorPass.class, "floor.torchscript.py");
  }

  /** Runs a pass over one or more tensors; their values do not change. */
  void run(NDArray... tensors) {
    try (NDManager scope = torch.scope()) {
      program.call("touch").list(tensors).run(scope);
    }
  }
}
