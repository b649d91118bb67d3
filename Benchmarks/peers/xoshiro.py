"""xoshiro256++ (Blackman and Vigna 2021) for the peers here."""
import numba as nb
import numpy as np


@nb.njit(inline="always")
def word(s):
    """The next 64 bits of the generator with state `s`, four unsigned words."""
    x = s[0] + s[3]
    result = ((x << np.uint64(23)) | (x >> np.uint64(41))) + s[0]
    t = s[1] << np.uint64(17)
    s[2] ^= s[0]
    s[3] ^= s[1]
    s[1] ^= s[2]
    s[0] ^= s[3]
    s[2] ^= t
    s[3] = (s[3] << np.uint64(45)) | (s[3] >> np.uint64(19))
    return result
